"""Storing an approved review: persons, contacts, enrolments and guardianships, in bulk."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from registry.people.class_names import ClassName
from registry.people.contacts import ContactKind
from registry.people.following import tell_followers
from registry.people.models import writing
from registry.people.models.accounts import note_sources
from registry.people.models.changes import ChangeKind
from registry.people.models.enrolled import enrolled_on
from registry.people.models.persons import NAMES, Person, Source, load_persons
from registry.people.models.places import SchoolClass
from registry.people.models.tables import enrolments, guardianships
from registry.people.models.writing import NewContact, NewPerson
from registry.people.rosters.comparing import RowState
from registry.people.rosters.drafts import PersonDraft
from registry.people.rosters.findings import Level
from registry.people.rosters.review import Review, ReviewedRow
from registry.people.usecases.contacts import set_contact
from registry.people.usecases.corrections import record_change
from registry.people.usecases.noting import Notes, plain, told_of
from registry.people.usecases.places import open_classes
from registry.people.usecases.tying import AT_ONCE, insert_in_parts, tie, ties_of
from registry.storage import collector
from registry.storage.failpoints import reach
from registry.storage.queries import among, batched
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

_FIELDS = (*NAMES, "birth_date", "snils")
_TOLD = (*_FIELDS, *(kind.value for kind in ContactKind))
_told_of = attrgetter(*_TOLD)


@dataclass(slots=True)
class Told:
    """What the good rows together tell of one human being."""

    id: UUID
    stored: bool
    row: ReviewedRow
    drafts: list[PersonDraft] = field(default_factory=list)

    @property
    def values(self) -> dict[str, object]:
        """The first that any row says of each field; put together when asked for, for there may be many."""
        found: dict[str, object] = {}
        for draft in self.drafts:
            for name, value in zip(_TOLD, _told_of(draft), strict=True):
                if value is not None:
                    found.setdefault(name, value)
        return found


def store(work: Work, school_id: UUID, notes: Notes, review: Review) -> None:
    """Bring the registry to what the good rows of a review say, and note what is changed for it.

    Rows that say nothing new cost nothing.
    """
    rows = [row for row in review.rows if row.level is not Level.ERROR and row.state is not RowState.SAME]
    told = _gather(work, rows)
    _add_people(work, notes, (one for one in told.values() if not one.stored))
    reach("roster.people-stored")
    _change_people(work, school_id, notes, {one.id: one for one in told.values() if one.stored})
    names = frozenset(row.class_name for row in rows if row.class_name is not None)
    _enrol(work, school_id, notes, _placed(rows, told, open_classes(work, school_id, names)))
    reach("roster.enrolled-before-ties")
    tie(work, notes, ties_of(rows, {identity: one.id for identity, one in told.items()}))


@collector.at_rest()
def _gather(work: Work, rows: Iterable[ReviewedRow]) -> dict[int, Told]:
    found: dict[int, Told] = {}
    for row, person in ((one, person) for one in rows for person in one.people):
        one = found.get(person.identity)
        if one is None:
            known = person.stored
            one = found[person.identity] = Told(known or work.new_id(), known is not None, row)
        one.drafts.append(person.draft)
    return found


def _add_people(work: Work, notes: Notes, told: Iterable[Told]) -> None:
    for part in batched(told, AT_ONCE):
        _add_some(work, notes, part)


@collector.at_rest()
def _add_some(work: Work, notes: Notes, told: list[Told]) -> None:
    said = {one.id: one.values for one in told}
    made = [NewPerson(person_id, {name: of.get(name) for name in _FIELDS}) for person_id, of in said.items()]
    keys = writing.add_persons(work.connection, work.vault, made)
    contacts = [
        NewContact(work.new_id(), person_id, kind, str(of[kind.value]), Source.ROSTER)
        for person_id, of in said.items()
        for kind in ContactKind
        if kind.value in of
    ]
    writing.add_contacts(work.connection, work.vault, keys, contacts)
    for one in told:
        after = {name: plain(value) for name, value in said[one.id].items()}
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
    note_sources(work.connection, person.id, values, (Source.ROSTER, work.now))
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
    insert_in_parts(work, enrolments, _fresh(work, school_id, notes, (placed, standing)))
    for student_id, (enrolment_id, before) in standing.items():
        class_id, row = placed[student_id]
        if before != class_id:
            move(work, school_id, enrolment_id, (student_id, class_id))
            notes.add(ChangeKind.MOVED, row, (student_id, enrolment_id), {"before": str(before)})
    came = {one: class_id for one, (class_id, _) in placed.items() if _before(standing, one) != class_id}
    tell_followers(work, school_id, came)


def _before(standing: Mapping[UUID, tuple[UUID, UUID]], student_id: UUID) -> UUID | None:
    return standing[student_id][1] if student_id in standing else None


def _fresh(
    work: Work,
    school_id: UUID,
    notes: Notes,
    where: tuple[Mapping[UUID, tuple[UUID, ReviewedRow]], Collection[UUID]],
) -> Iterable[dict[str, Any]]:
    """Give the rows of those who are in no class of the school yet, one after the other."""
    placed, standing = where
    for student_id, (class_id, row) in placed.items():
        if student_id not in standing:
            made = _enrolment(work, school_id, student_id, class_id)
            notes.add(ChangeKind.ENROLLED, row, (student_id, made["id"]), {})
            yield made


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
