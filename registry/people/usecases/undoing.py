"""Taking an approved list back as a whole: what it brought leaves, what it changed goes back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from registry.errors import N_
from registry.people.contacts import ContactKind, contact_key
from registry.people.following import tell_followers
from registry.people.holds import held_since
from registry.people.models import batches, changes, undoing, writing
from registry.people.models.batches import Batch, HeldRow
from registry.people.models.changes import Change, ChangeKind
from registry.people.models.finding import find_by_snils, find_holders
from registry.people.models.persons import load_persons
from registry.people.models.undoing import Release
from registry.people.usecases.contacts import restore_contact
from registry.people.usecases.corrections import record_change
from registry.people.usecases.storing import move
from registry.people.usecases.undo_plan import Plan, Planner, Present, wanted_back
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LATER_UPLOAD = N_(
    "После этой загрузки утверждена другая, о тех же классах: %(classes)s. Сначала отмените её."
)


@dataclass(frozen=True, slots=True)
class Undo:
    """What taking a list back would do; `mark` is what the reader agrees to, and changes with the plan.

    Attributes:
        later: classes of which a list approved later tells too: that one must be taken back first.
    """

    batch: Batch
    plan: Plan
    changes: dict[UUID, Change]
    present: Present
    later: tuple[str, ...]
    mark: str


def plan_undo(work: Work, school_id: UUID, batch_id: UUID) -> Undo:
    """Find out what taking a list back would do now; a fixed number of statements.

    Raises:
        NotFoundError: the school has no such batch.
    """
    batch = batches.get_batch(work.connection, school_id, batch_id)
    made = changes.changes_of(work.connection, work.vault, batch)
    present = _present(work, batch, made)
    plan = Planner([one for one in made if _is_there(one, present)], present).plan()
    later = tuple(changes.classes_told_later(work.connection, batch))
    by_id = {one.id: one for one in made}
    return Undo(batch, plan, by_id, present, later, _mark(work, batch, plan))


def _is_there(one: Change, present: Present) -> bool:
    """Leave out who was erased since: there is nothing of him to take back."""
    return one.person_id is None or one.person_id in present.persons


def _present(work: Work, batch: Batch, made: Sequence[Change]) -> Present:
    people = {one.person_id for one in made if one.person_id is not None}
    ties = undoing.standing_ties(work.connection, people)
    people |= {person for tie in ties for person in (tie.student_id, tie.guardian_id)}
    persons = load_persons(work.connection, work.vault, people)
    with work.beyond():  # who is in another school too is not taken back
        enrolments = undoing.standing_enrolments(work.connection, people)
    since = batch.decided_at or work.now
    return Present(
        persons,
        {one.id: one for one in enrolments},
        {one.id: one for one in ties},
        held_since(work, batch.school_id, since),
        _taken(work, made),
    )


def _taken(work: Work, made: Sequence[Change]) -> frozenset[tuple[UUID, str]]:
    """Find the values that stood before and are somebody else's now."""
    wanted = wanted_back(made)
    numbers = find_by_snils(
        work.connection, work.vault, [value for _, name, value in wanted if name == "snils"]
    )
    kinds = [(ContactKind(name), value) for _, name, value in wanted if name != "snils"]
    keys = [(kind, contact_key(kind, value)) for kind, value in kinds]
    holders = find_holders(work.connection, work.vault, keys)
    found = set()
    for person_id, name, value in wanted:
        holder = numbers.get(value) if name == "snils" else holders.get(_key(name, value))
        if holder is not None and holder != person_id:
            found.add((person_id, name))
    return frozenset(found)


def _key(name: str, value: str) -> tuple[ContactKind, str]:
    kind = ContactKind(name)
    return kind, contact_key(kind, value)


def _mark(work: Work, batch: Batch, plan: Plan) -> str:
    lists = [sorted(str(one.id) for one in part) for part in (plan.leaving, plan.moving, plan.untying)]
    released = sorted(str(one) for one in plan.released)
    fields = sorted([str(one), *sorted(of)] for one, of in plan.restoring.items())
    kept = sorted([str(one), *(f"{why}:{name}" for why, name in of)] for one, of in plan.kept.items())
    said = json.dumps([str(batch.id), lists, released, fields, kept])
    return work.vault.blind_index("roster.undo", said).hex()


def carry_out(work: Work, undo: Undo) -> None:
    """Do what the plan says, and write down what was kept."""
    _release(work, undo)
    _end_enrolments(work, undo)
    _untie(work, undo)
    for one in undo.plan.moving:
        _move_back(work, undo, one)
    for change_id, fields in undo.plan.restoring.items():
        _restore(work, undo, undo.changes[change_id], fields)
    _hold_back_again(work, undo)
    changes.note_kept(work.connection, undo.plan.kept)


def _release(work: Work, undo: Undo) -> None:
    people = [undo.present.persons[one] for one in undo.plan.released]
    past = [
        Release(work.new_id(), person.id, contact)
        for person in people
        for contact in (person.phone, person.email)
        if contact is not None
    ]
    undoing.release_people(work.connection, work.vault, undo.plan.released, past, work.now)


def _end_enrolments(work: Work, undo: Undo) -> None:
    """From today they are on the roster no more; who came today has never been on it."""
    ids = [one.object_id for one in undo.plan.leaving if one.object_id]
    undoing.end_enrolments(work.connection, ids, work.today - timedelta(days=1))
    for one in undo.plan.leaving:
        if one.object_id and one.person_id:
            said: dict[str, Json] = {"batch": str(undo.batch.id)}
            about = ObjectRef("enrolment", one.object_id, 0)
            slots = (Slot(one.person_id, said),)
            work.record(Entry(EntryType.ENROLMENT_ENDED, about, None, undo.batch.school_id, slots))


def _untie(work: Work, undo: Undo) -> None:
    ids = [one.object_id for one in undo.plan.untying if one.object_id]
    undoing.remove_ties(work.connection, ids)
    for tie in (undo.present.ties[one] for one in ids):
        said = {"batch": str(undo.batch.id)}
        slots = (Slot(tie.student_id, said), Slot(tie.guardian_id, said))
        about = ObjectRef("guardianship", tie.id, 0)
        work.record(Entry(EntryType.GUARDIANSHIP_ENDED, about, None, undo.batch.school_id, slots))


def _move_back(work: Work, undo: Undo, one: Change) -> None:
    if one.object_id and one.person_id:
        before = UUID(one.said["before"])
        move(work, undo.batch.school_id, one.object_id, (one.person_id, before))
        tell_followers(work, undo.batch.school_id, {one.person_id: before})


def _restore(work: Work, undo: Undo, one: Change, fields: dict[str, Any]) -> None:
    """Write back what stood before; contacts with how they were confirmed."""
    assert one.person_id is not None  # noqa: S101 - fields are a person's
    person = undo.present.persons[one.person_id]
    own = {name: _value(name, before) for name, before in fields.items() if name not in set(ContactKind)}
    if own:
        record_change(work, undo.batch.school_id, person, own)
        person = writing.change_person(work.connection, work.vault, person, own)
    for kind in ContactKind:
        if kind.value in fields:
            restore_contact(work, person, kind, fields[kind.value])


def _value(name: str, before: str | None) -> object:
    return date.fromisoformat(before) if name == "birth_date" and before else before


def _hold_back_again(work: Work, undo: Undo) -> None:
    """Forget the rows that the list held back, and hold back those that it had released."""
    batches.release_batch(work.connection, undo.batch)
    told = [one for one in undo.changes.values() if one.kind is ChangeKind.TOLD]
    rows = [
        HeldRow(UUID(batch), number, one.class_name, sheet, row)
        for one in told
        for batch, number, sheet, row in one.said.get("held", ())
    ]
    batches.hold_back(work.connection, work.vault, undo.batch.school_id, rows)
