"""Reminding those without an answer: the decision of this moment says who they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from registry.consents.decisions import Decided
from registry.consents.models import reminders
from registry.consents.models.requests import Request
from registry.consents.rules.decisions import Awaited
from registry.consents.rules.reminding import Occasion, Reminder, Turn, answer_by, turn_of
from registry.consents.usecases.inviting import make_link
from registry.consents.usecases.refused_channels import points_of
from registry.errors import ConflictError, InvalidError
from registry.letters.rules import (
    Channel,
    ContactPoint,
    LetterKind,
    check_contact,
    choose_contact,
    short_name,
)
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.people.contacts import ContactKind
from registry.people.models.persons import Person
from registry.people.models.places import School, get_school
from registry.programmes.models import participation_of
from registry.programmes.rules import Programme
from registry.storage.queries import hold
from registry.work import Work

LOCK = "reminding"
_KINDS = {Channel.SMS: ContactKind.PHONE, Channel.EMAIL: ContactKind.EMAIL}


@dataclass(frozen=True, slots=True)
class Chased:
    """A request with the decision on it.

    Attributes:
        papers: what was said on papers that wait for a second person.
    """

    request: Request
    decided: Decided
    papers: frozenset[Awaited] = frozenset()

    @property
    def awaited(self) -> list[Person]:
        """Whose act is awaited, and waits on no paper for a check; nobody where all is managed on paper."""
        if self.request.on_paper_since is not None:
            return []
        family = self.decided.family
        people = {one.id: one for one in (family.student, *(tie.person for tie in family.guardians))}
        silent = [who.person for who in self.decided.decision.awaited if who not in self.papers]
        return [people[one] for one in dict.fromkeys(silent)]


@dataclass(frozen=True, slots=True)
class Reached:
    """To whom a reminder goes now, of which request, and where."""

    chased: Chased
    signer: Person
    turn: Turn
    point: ContactPoint


@dataclass(slots=True)
class _Round:
    """One round of reminding: what went out before it, and what goes out in it."""

    occasion: Occasion
    told: dict[UUID, list[Reminder]]
    invited: set[UUID] | None
    found: list[Reached] = field(default_factory=list)

    def add(self, chased: Chased, signer: Person) -> None:
        request = chased.request
        told = self.told.get(signer.id, [])
        turn = turn_of(request.id, request.asked_on, told, self.occasion)
        point = point_of(signer, chased.decided)
        uninvited = self.invited is not None and signer.id not in self.invited
        if turn is Turn.NOTHING or point is None or uninvited:
            return
        self.found.append(Reached(chased, signer, turn, point))
        about = frozenset({request.id})
        note = Reminder(request.id, signer.id, self.occasion.day, self.occasion.by_hand, about)
        self.told[signer.id] = [*told, note]


def point_of(signer: Person, decided: Decided) -> ContactPoint | None:
    """Choose where a reminder to somebody goes; nowhere when no contact of his is any good."""
    points = [one for one in points_of(signer) if (signer.id, _KINDS[one.channel]) not in decided.lost]
    try:
        point = choose_contact(LetterKind.REMINDER, points)
        check_contact(LetterKind.REMINDER, point)
    except (ConflictError, InvalidError):
        return None
    return point


def reached_now(
    work: Work, school_id: UUID, programme_id: str, chased: Sequence[Chased], *, by_hand: bool
) -> list[Reached]:
    """Say whom a reminder would reach now; two statements at the most.

    By itself the registry reminds only those to whom a link went before: who was asked on paper alone gets
    no letter out of the blue.
    """
    signers = {one.id for each in chased for one in each.awaited}
    if not signers:
        return []
    told = reminders.reminders_to(work.connection, school_id, programme_id, signers)
    invited = None
    if not by_hand:
        invited = reminders.invited_signers(work.connection, school_id, programme_id, signers)
    this = _Round(Occasion(work.today, by_hand), told, invited)
    for each in chased:
        for signer in each.awaited:
            this.add(each, signer)
    return this.found


def remind(
    work: Work, school_id: UUID, programme_id: str, chased: Sequence[Chased], by: UUID | None = None
) -> int:
    """Remind those without an answer who may be reminded now; give the number of letters.

    Args:
        work: the unit of work.
        school_id: whose students they are.
        programme_id: of the requests.
        chased: the requests, with decisions of this very transaction.
        by: the member of staff who wants it; the registry reminds by itself when not given.
    """
    hold(work.connection, LOCK, school_id)
    programme = participation_of(work.connection, school_id, programme_id).programme
    found = reached_now(work, school_id, programme_id, chased, by_hand=by is not None)
    if not found or work.today > programme.valid_until:
        return 0
    school = get_school(work.connection, school_id)
    letters = [one for one in found if one.turn is Turn.LETTER]
    for one in letters:
        _send(work, (school, programme), one, by)
    _note_joined(work, school_id, programme_id, [one for one in found if one.turn is Turn.JOIN])
    return len(letters)


def chased_of(
    requests: Mapping[UUID, Request],
    decided: Iterable[Decided],
    papers: Mapping[UUID, frozenset[Awaited]],
) -> list[Chased]:
    """Put requests, and papers that wait, to the decisions by student; who was never asked is left out."""
    by_student = ((one.family.student.id, one) for one in decided)
    return [
        Chased(requests[student], one, papers.get(student, frozenset()))
        for student, one in by_student
        if student in requests
    ]


def _send(work: Work, where: tuple[School, Programme], one: Reached, by: UUID | None) -> None:
    """Write one letter with a fresh link: of older ones only hashes are kept, and they stay good."""
    school, programme = where
    link = make_link(work, school.id, programme.id, one.signer.id, one.point.channel)
    student = one.chased.decided.family.student
    values: dict[str, Value] = {
        "school": school.name,
        "student": short_name(student.first_name, student.last_name),
        "programme": programme.title,
        "deadline": answer_by(programme, work.today),
        "link": link.url,
    }
    letter = write(work, Draft(LetterKind.REMINDER, school.id, one.signer.id, one.point, values))
    row = {
        "id": work.new_id(),
        "school_id": school.id,
        "programme": programme.id,
        "signer_id": one.signer.id,
        "on_day": work.today,
        "by_hand": by is not None,
        "sent_by": by,
        "letter_id": letter.id,
        "sent_at": work.now,
    }
    reminders.add_reminder(work.connection, row, one.chased.request.id)


def _note_joined(work: Work, school_id: UUID, programme_id: str, joined: Sequence[Reached]) -> None:
    """Note for further children of a signer that today's letter to him is about them too."""
    signers = {one.signer.id for one in joined}
    told = reminders.reminders_to(work.connection, school_id, programme_id, signers) if joined else {}
    for one in joined:
        today = next(each for each in told[one.signer.id] if each.on_day == work.today)
        reminders.note_request(work.connection, school_id, today.id, one.chased.request.id)
