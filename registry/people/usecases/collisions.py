"""Values that two people claim: who may decide, both sides shown to him, and what schools are to do.

The school that wrote the value later is told the same words whatever the other side is; only who stands above
both schools sees both, and that he looked is in the trail.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from registry.access.rules import Place
from registry.errors import N_, ConflictError, InvalidError
from registry.people.contacts import ContactKind, mask_contact
from registry.people.models import collisions
from registry.people.models.collisions import Claim, CollisionTask, Outcome, Todo
from registry.people.models.families import Family, families_with
from registry.people.models.persons import Person, load_persons
from registry.people.models.places import School, get_school
from registry.people.usecases import same_person
from registry.people.usecases.looks import What, note_look
from registry.people.usecases.same_person import Listed
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LONGEST_REASON = 500
_SHOWN_OF_SNILS = 3


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim, how many days it waits, and the place of whoever stands above both sides."""

    claim: Claim
    school: School
    days: int
    place: Place


@dataclass(frozen=True, slots=True)
class Standing:
    """One school of a person, his class or the class of his child, and whether he is the student himself."""

    school: School
    family: Family
    is_student: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A person on one side with all his schools; nobody where the row of a list is not stored yet."""

    person: Person | None
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Collision:
    """Both sides of a claim, and the value as its holder would know it.

    Attributes:
        listed: who stands in the row of the list, where nobody who is stored claims the value.
    """

    open: OpenClaim
    holder: Side
    claimant: Side
    masked: str
    listed: Listed | None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What may be decided: one person where a row may mean the holder; two stored ones stay two."""
        one_person = self.listed is not None and self.listed.may_be
        return tuple(one for one in Outcome if one_person or one is not Outcome.SAME_PERSON)


def list_open(work: Work, schools: Collection[School]) -> list[OpenClaim]:
    """List the open claims of some schools, the oldest first; the door keeps those that are the reader's."""
    by_id = {one.id: one for one in schools}
    claims = collisions.open_claims(work.connection, by_id)
    of = _schools_of(work, {one.holder_id for one in claims})
    return [
        OpenClaim(
            one,
            by_id[one.school_id],
            (work.now - one.claimed_at).days,
            common_place([by_id[one.school_id], *of[one.holder_id]]),
        )
        for one in claims
    ]


def find_open(work: Work, claim_id: UUID, schools: Collection[School]) -> OpenClaim:
    """Find one open claim, as `list_open` gives it, and hold it.

    Raises:
        NotFoundError: there is none in these schools.
    """
    by_id = {one.id: one for one in schools}
    claim = collisions.get_claim(work.connection, claim_id, by_id)
    school = by_id[claim.school_id]
    place = common_place([school, *_schools_of(work, {claim.holder_id})[claim.holder_id]])
    return OpenClaim(claim, school, (work.now - claim.claimed_at).days, place)


def view(work: Work, opened: OpenClaim) -> Collision:
    """Show both sides to who stands above both; each look at a person is an entry in the trail."""
    claim = opened.claim
    people = {one for one in (claim.holder_id, claim.claimant_id) if one is not None}
    found = load_persons(work.connection, work.vault, people)
    holder = _side(work, found.get(claim.holder_id), None)
    # Where else the claimant is, is no matter of this claim, and may be outside the reach of who decides.
    claimant = _side(work, found.get(claim.claimant_id) if claim.claimant_id else None, claim.school_id)
    for side in (holder, claimant):
        if side.person is not None:
            at = side.standings[0].school.id if side.standings else claim.school_id
            note_look(work, at, [side.person], What.CARD)
    listed = same_person.find_listed(work, claim, holder.person)
    return Collision(opened, holder, claimant, _masked(holder.person, claim.field), listed)


def settle(work: Work, shown: Collision, outcome: Outcome, reason: str) -> None:
    """Decide whose value is to be put right, or that a row means the holder; schools are told what to do.

    Raises:
        InvalidError: no reason is given.
        ConflictError: whose value is wrong stands in no school that could put it right; or nothing shows that
            both sides are one person.
    """
    said = " ".join(reason.split())[:LONGEST_REASON]
    if not said:
        raise InvalidError(
            N_("Напишите, на чём основано решение."), fields={"reason": N_("Напишите основание.")}
        )
    claim = shown.open.claim
    settled = [claim] if outcome is not Outcome.SAME_PERSON else _known_again(work, shown)
    collisions.add_tasks(work.connection, _tasks(work, claim, outcome))
    for one in settled:
        collisions.settle_equal(work.connection, one, outcome, work.now)
        _record(work, one, {"outcome": outcome.value, "field": one.field, "reason": said})


def _record(work: Work, claim: Claim, told: dict[str, Json]) -> None:
    people = [one for one in (claim.holder_id, claim.claimant_id) if one is not None]
    about = ObjectRef("collision", claim.id, 1)
    slots = tuple(Slot(one, told) for one in people)
    work.record(Entry(EntryType.IDENTIFIER_SETTLED, about, None, claim.school_id, slots))


def finish_task(work: Work, school_id: UUID, task_id: UUID) -> None:
    """Note that a school did what it was asked.

    Raises:
        NotFoundError: it has no such open task.
    """
    task = collisions.mark_done(work.connection, school_id, task_id, work.now)
    about = ObjectRef("collision-task", task.id, 1)
    slots = (Slot(task.person_id, None),) if task.person_id else ()
    work.record(Entry(EntryType.TASK_DONE, about, None, school_id, slots))


def common_place(schools: Iterable[School]) -> Place:
    """Name the lowest place that takes in all of some schools: a municipality, a region, or neither."""
    listed = list(schools)
    towns = {one.municipality_id for one in listed}
    regions = {one.region_id for one in listed}
    return Place(regions.pop() if len(regions) == 1 else None, towns.pop() if len(towns) == 1 else None)


def _schools_of(work: Work, people: Collection[UUID]) -> dict[UUID, list[School]]:
    """Find where people stand, in whichever school: it decides who may decide, and is told to nobody."""
    with work.beyond():
        found = collisions.schools_of_people(work.connection, people, work.today)
    return {
        person: [get_school(work.connection, one) for one in sorted(schools)]
        for person, schools in found.items()
    }


def _side(work: Work, person: Person | None, only: UUID | None) -> Side:
    if person is None:
        return Side(None, ())
    families = families_with(work.connection, work.vault, person.id, work.today)
    standings = (
        Standing(get_school(work.connection, one.school_id), one, one.student.id == person.id)
        for one in families
        if only in {None, one.school_id}
    )
    return Side(person, tuple(standings))


def _masked(holder: Person | None, field: str) -> str:
    if holder is None:
        return ""
    if field == "snils":
        return f"···-···-··{holder.snils[-_SHOWN_OF_SNILS]} {holder.snils[-2:]}" if holder.snils else ""
    contact = holder.phone if field == ContactKind.PHONE else holder.email
    return mask_contact(contact.kind, contact.value) if contact else ""


def _known_again(work: Work, shown: Collision) -> list[Claim]:
    """Let the next review of the school take such a row for the holder; give all claims of the row."""
    found = same_person.of_one_person(work, shown.open.claim, shown.holder.person)
    if not found:
        raise ConflictError(
            N_("Так решить нельзя: строки списка уже нет, или в ней другой СНИЛС."), code="not-one-person"
        )
    for claim, listed in found:
        collisions.note_said_as(work.connection, claim, listed.key)
    return [claim for claim, _ in found]


def _tasks(work: Work, claim: Claim, outcome: Outcome) -> list[CollisionTask]:
    if outcome is Outcome.CLAIMANT_WRONG:
        return [_task(work, claim, claim.school_id, claim.claimant_id, Todo.CORRECT)]
    schools = collisions.schools_of_people(work.connection, [claim.holder_id], work.today)[claim.holder_id]
    if outcome is Outcome.SAME_PERSON:
        others = sorted(schools - {claim.school_id})
        compare = [_task(work, claim, one, claim.holder_id, Todo.COMPARE) for one in others]
        return [*compare, _task(work, claim, claim.school_id, None, Todo.UPLOAD_AGAIN)]
    if not schools:
        raise ConflictError(
            N_("Тот, у кого записано значение, сейчас ни в одной школе: исправить его некому."),
            code="holder-nowhere",
        )
    correct = [_task(work, claim, one, claim.holder_id, Todo.CORRECT) for one in sorted(schools)]
    return [*correct, _task(work, claim, claim.school_id, claim.claimant_id, Todo.REPEAT)]


def _task(work: Work, claim: Claim, school_id: UUID, person_id: UUID | None, todo: Todo) -> CollisionTask:
    return CollisionTask(work.new_id(), school_id, claim.id, person_id, claim.field, todo, work.now)
