"""Storing an approved review: persons, contacts, enrolments and guardianships, in bulk."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from registry.people.class_names import ClassName
from registry.people.contacts import ContactKind
from registry.people.models import writing
from registry.people.models.changes import Change, ChangeKind
from registry.people.models.families import enrolled_on
from registry.people.models.persons import NAMES, Person, Source, load_persons
from registry.people.models.places import SchoolClass
from registry.people.models.tables import enrolments, guardianships
from registry.people.models.writing import NewContact, NewPerson
from registry.people.relations import Relation
from registry.people.rosters.comparing import RowState
from registry.people.rosters.findings import Level
from registry.people.rosters.review import Review, ReviewedRow
from registry.people.usecases.contacts import set_contact
from registry.people.usecases.corrections import record_change
from registry.people.usecases.noting import Notes, plain, told_of
from registry.people.usecases.places import open_classes
from registry.storage.failpoints import reach
from registry.storage.queries import among
from registry.storage.vault import SubjectKey
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

_FIELDS = (*NAMES, "birth_date", "snils")


@dataclass(slots=True)
class Told:
    """What the good rows together tell of one human being."""

    id: UUID
    stored: bool
    row: ReviewedRow
    values: dict[str, object] = field(default_factory=dict)


def store(work: Work, school_id: UUID, review: Review) -> list[Change]:
    """Bring the registry to what the good rows of a review say, and give what was changed for it.

    Rows that say nothing new cost nothing.
    """
    notes = Notes(work)
    rows = [row for row in review.rows if row.level is not Level.ERROR and row.state is not RowState.SAME]
    told = _gather(work, rows)
    _add_people(work, notes, [one for one in told.values() if not one.stored])
    reach("roster.people-stored")
    _change_people(work, school_id, notes, {one.id: one for one in told.values() if one.stored})
    names = frozenset(row.class_name for row in rows if row.class_name is not None)
    _enrol(work, school_id, notes, _placed(rows, told, open_classes(work, school_id, names)))
    reach("roster.enrolled-before-ties")
    _tie(work, notes, _ties(rows, told))
    return notes.changes


def _gather(work: Work, rows: Iterable[ReviewedRow]) -> dict[int, Told]:
    found: dict[int, Told] = {}
    for row, person in ((one, person) for one in rows for person in one.people):
        one = found.get(person.identity)
        if one is None:
            known = person.stored
            one = found[person.identity] = Told(known or work.new_id(), known is not None, row)
        for name in (*_FIELDS, *ContactKind):
            value = getattr(person.draft, name)
            if value is not None:
                one.values.setdefault(str(name), value)
    return found


def _add_people(work: Work, notes: Notes, told: list[Told]) -> None:
    made = [NewPerson(one.id, {name: one.values.get(name) for name in _FIELDS}) for one in told]
    keys = writing.add_persons(work.connection, work.vault, made)
    contacts = [
        NewContact(work.new_id(), one.id, kind, str(one.values[kind]), Source.ROSTER)
        for one in told
        for kind in ContactKind
        if kind in one.values
    ]
    writing.add_contacts(work.connection, work.vault, keys, contacts)
    for one in told:
        after = {name: plain(value) for name, value in one.values.items()}
        notes.add(ChangeKind.ADDED, one.row, (one.id, None), {"after": after})


def _change_people(work: Work, school_id: UUID, notes: Notes, told: Mapping[UUID, Told]) -> None:
    """Change stored people of this school; a person known through another school only is left as he is."""
    here = _belonging(work, school_id, told)
    for person in load_persons(work.connection, work.vault, here).values():
        said = told[person.id].values
        values = _differing(person, said)
        after = _changed(work, school_id, person, values) if values else person
        for kind in ContactKind:
            if kind in said and set_contact(work, after, kind, str(said[kind]), Source.ROSTER):
                values[str(kind)] = said[kind]
        if values:
            about = {"before": told_of(person, values), "after": {k: plain(v) for k, v in values.items()}}
            notes.add(ChangeKind.CHANGED, told[person.id].row, (person.id, None), about)


def _differing(person: Person, said: Mapping[str, object]) -> dict[str, object]:
    return {name: said[name] for name in _FIELDS if name in said and said[name] != getattr(person, name)}


def _changed(work: Work, school_id: UUID, person: Person, values: Mapping[str, object]) -> Person:
    after = writing.change_person(work.connection, work.vault, person, values)
    record_change(work, school_id, person, values)
    return after


def _belonging(work: Work, school_id: UUID, told: Mapping[UUID, Told]) -> list[UUID]:
    students = select(enrolments.c.person_id).where(
        enrolments.c.school_id == school_id, enrolled_on(work.today)
    )
    wards = select(guardianships.c.guardian_id).where(guardianships.c.student_id.in_(students))
    here = set(work.connection.execute(students.union(wards)).scalars())
    return sorted(here & told.keys())


def _placed(
    rows: Iterable[ReviewedRow], told: Mapping[int, Told], classes: Mapping[ClassName, SchoolClass]
) -> dict[UUID, tuple[UUID, ReviewedRow]]:
    """Say which student belongs to which class, and the row that says so."""
    return {
        told[row.people[0].identity].id: (classes[row.class_name].id, row)
        for row in rows
        if row.class_name is not None
    }


def _enrol(
    work: Work, school_id: UUID, notes: Notes, placed: Mapping[UUID, tuple[UUID, ReviewedRow]]
) -> None:
    standing = _standing(work, school_id, placed)
    fresh = []
    for student_id, (class_id, row) in placed.items():
        if student_id not in standing:
            fresh.append(_enrolment(work, school_id, student_id, class_id))
            notes.add(ChangeKind.ENROLLED, row, (student_id, fresh[-1]["id"]), {})
        elif standing[student_id][1] != class_id:
            enrolment_id, before = standing[student_id]
            move(work, school_id, enrolment_id, (student_id, class_id))
            notes.add(ChangeKind.MOVED, row, (student_id, enrolment_id), {"before": str(before)})
    if fresh:
        work.connection.execute(insert(enrolments), fresh)


def _enrolment(work: Work, school_id: UUID, student_id: UUID, class_id: UUID) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "school_id": school_id,
        "class_id": class_id,
        "person_id": student_id,
        "valid_from": work.today,
    }


def _standing(work: Work, school_id: UUID, placed: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    query = select(enrolments.c.person_id, enrolments.c.id, enrolments.c.class_id).where(
        enrolments.c.school_id == school_id,
        enrolments.c.valid_until.is_(None),
        among(work.connection, enrolments.c.person_id, placed),
    )
    return {row.person_id: (row.id, row.class_id) for row in work.connection.execute(query)}


def move(work: Work, school_id: UUID, enrolment_id: UUID, to: tuple[UUID, UUID]) -> None:
    """Bring a student into another class of his school."""
    student_id, class_id = to
    work.connection.execute(
        update(enrolments).where(enrolments.c.id == enrolment_id).values(class_id=class_id)
    )
    about = ObjectRef("enrolment", enrolment_id, 0)
    slot = Slot(student_id, {"class": str(class_id)})
    work.record(Entry(EntryType.ENROLMENT_CHANGED, about, None, school_id, (slot,)))


@dataclass(frozen=True, slots=True)
class Tie:
    """A guardian of a student, as the file says it."""

    student_id: UUID
    guardian_id: UUID
    relation: Relation
    row: ReviewedRow


def _ties(rows: Iterable[ReviewedRow], told: Mapping[int, Told]) -> list[Tie]:
    return [
        Tie(told[row.people[0].identity].id, told[guardian.identity].id, guardian.draft.relation, row)
        for row in rows
        for guardian in row.people[1:]
        if guardian.draft.relation is not None
    ]


def _tie(work: Work, notes: Notes, ties: list[Tie]) -> None:
    known = work.connection.execute(
        select(guardianships.c.student_id, guardianships.c.guardian_id).where(
            among(work.connection, guardianships.c.student_id, {tie.student_id for tie in ties})
        )
    )
    held = {(row.student_id, row.guardian_id) for row in known}
    fresh = [tie for tie in ties if (tie.student_id, tie.guardian_id) not in held]
    documented = {tie.guardian_id for tie in fresh if tie.relation.document}
    keys = work.vault.keys_of(work.connection, documented) if documented else {}
    rows = [_tie_row(work, tie, keys) for tie in fresh]
    for tie, row in zip(fresh, rows, strict=True):
        notes.add(ChangeKind.TIED, tie.row, (tie.student_id, row["id"]), {})
    if rows:
        work.connection.execute(insert(guardianships), rows)


def _tie_row(work: Work, tie: Tie, keys: Mapping[UUID, SubjectKey]) -> dict[str, Any]:
    tie_id, document = work.new_id(), tie.relation.document
    place = "guardianships.authority_document"
    sealed = work.vault.seal(keys[tie.guardian_id], place, tie_id, document) if document else None
    return {
        "id": tie_id,
        "student_id": tie.student_id,
        "guardian_id": tie.guardian_id,
        "relation": tie.relation.kind.value,
        "authority_document": sealed,
        "valid_from": work.today,
        "barred": False,
        "version": 0,
    }
