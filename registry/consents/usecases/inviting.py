"""Personal links: made for one signer in one programme of a school, sent to him, made void."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.access.tokens import token_hash
from registry.consents.models import visits
from registry.consents.models.asking import consents_of_programme
from registry.consents.rules.reminding import answer_by
from registry.consents.rules.visits import LINK_LASTS
from registry.consents.usecases.refused_channels import contacts_refused, points_of
from registry.errors import ConflictError
from registry.letters.rules import Channel, ContactPoint, LetterKind, choose_contact, short_name
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.people.models.enrolled import acting_pairs
from registry.people.models.persons import Person, load_persons
from registry.people.models.places import School, get_school
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind, Programme
from registry.storage.failpoints import reach
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

SEND_INVITATIONS = "consents.send_invitations"
TOKEN_BYTES = 16
"""128 random bits: not to be guessed, and short enough for an SMS and a square code."""
LINK_PATH = "/i/"


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link; its token is not kept anywhere else."""

    invitation_id: UUID
    url: str


def invite(work: Work, school_id: UUID, programme_id: str, by: UUID | None = None) -> None:
    """Promise a link to every signer who was asked and holds none.

    Args:
        work: the unit of work.
        school_id: of the roster.
        programme_id: that the school has joined.
        by: the member of staff on whose behalf they are sent: he has to be let to when they are.

    Raises:
        ConflictError: the school has not joined the programme.
    """
    participation_of(work.connection, school_id, programme_id)
    work.later(
        SEND_INVITATIONS, school_id=str(school_id), programme_id=programme_id, by=str(by) if by else None
    )


def without_link(work: Work, school_id: UUID, programme_id: str) -> list[UUID]:
    """Name the signers who were asked, may act today and hold no good link, in a fixed order."""
    acting = acting_pairs(work.connection, school_id, work.today)
    consents = consents_of_programme(work.connection, school_id, programme_id)
    held = visits.signers_with_links(work.connection, school_id, programme_id, work.now)
    asked = {one.signer_id for one in consents if (one.signer_id, one.about_id) in acting}
    return sorted(asked - held)


def send_links(work: Work, school_id: UUID, programme_id: str, signers: Iterable[UUID]) -> int:
    """Make links for signers and write their letters; who has no contact is left out; give the number."""
    programme = participation_of(work.connection, school_id, programme_id).programme
    school = get_school(work.connection, school_id)
    wanted = set(signers)
    students = _student_of_signer(work, school_id, programme_id, wanted)
    people = load_persons(work.connection, work.vault, {*wanted, *students.values()})
    refused = contacts_refused(work, school_id)
    sent = 0
    for signer_id in sorted(wanted & people.keys()):
        signer = people[signer_id]
        student = people.get(students.get(signer_id, signer_id)) or signer
        sent += _send_link(work, (school, programme), (signer, student), points_of(signer, refused))
    return sent


def make_link(work: Work, school_id: UUID, programme_id: str, signer_id: UUID, channel: Channel) -> Link:
    """Make a personal link; older ones of the signer stay good."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation_id = work.new_id()
    row = {
        "id": invitation_id,
        "school_id": school_id,
        "programme": programme_id,
        "signer_id": signer_id,
        "token_hash": token_hash(token),
        "channel": channel.value,
        "created_at": work.now,
        "created_by": work.actor.id,
        "expires_at": work.now + LINK_LASTS,
    }
    visits.add_invitation(work.connection, row)
    about = ObjectRef("invitation", invitation_id, 1)
    state = {"channel": channel.value, "programme": programme_id}
    work.record(Entry(EntryType.INVITATION_SENT, about, state, school_id, (Slot(signer_id, None),)))
    return Link(invitation_id, f"{work.settings.base_url}{LINK_PATH}{token}")


def void_links(work: Work, signer_id: UUID) -> int:
    """Make every open link, code and sitting of a person void; give the number of links."""
    with work.beyond():  # a link of another school is as void
        revoked = visits.revoke_links(work.connection, signer_id, work.now)
        visits.end_codes_and_sittings(work.connection, signer_id, work.now)
        for school_id, invitation_id in revoked:
            about = ObjectRef("invitation", invitation_id, 1)
            work.record(Entry(EntryType.INVITATION_VOIDED, about, None, school_id, (Slot(signer_id, None),)))
    return len(revoked)


def _send_link(
    work: Work,
    where: tuple[School, Programme],
    whom: tuple[Person, Person],
    points: Sequence[ContactPoint],
) -> int:
    """Send one; `whom` is the signer, and the student whom the letter names."""
    (school, programme), (signer, student) = where, whom
    try:
        point = choose_contact(LetterKind.INVITATION, points)
    except ConflictError:
        return 0
    link = make_link(work, school.id, programme.id, signer.id, point.channel)
    reach("link.made-before-letter")
    values: dict[str, Value] = {
        "school": school.name,
        "student": short_name(student.first_name, student.last_name),
        "programme": programme.title,
        "deadline": answer_by(programme, work.today),
        "link": link.url,
    }
    write(work, Draft(LetterKind.INVITATION, school.id, signer.id, point, values))
    return 1


def _student_of_signer(
    work: Work, school_id: UUID, programme_id: str, signers: set[UUID]
) -> dict[UUID, UUID]:
    """Find for each signer the student to name in his letter: the first of whom he is asked, and may be."""
    acting = acting_pairs(work.connection, school_id, work.today)
    found: dict[UUID, UUID] = {}
    for one in consents_of_programme(work.connection, school_id, programme_id):
        stands = (one.signer_id, one.about_id) in acting
        if stands and one.signer_id in signers and one.notice is not NoticeKind.CODE_AGREEMENT:
            found.setdefault(one.signer_id, one.about_id)
    return found
