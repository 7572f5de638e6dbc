"""Families: students with their guardians, read whole in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    or_,
    select,
)

from registry.errors import N_, NotFoundError
from registry.people.class_names import ClassName
from registry.people.models.persons import Person, open_persons
from registry.people.models.tables import classes, enrolments, guardianships, persons
from registry.people.relations import RelationKind
from registry.storage.queries import Lookup
from registry.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian of one student: the person and the authority."""

    guardianship_id: UUID
    person: Person
    relation: RelationKind
    authority_document: str | None
    valid_from: date
    valid_until: date | None
    barred: bool

    def stands_on(self, day: date) -> bool:
        """Whether he represents the student on a day: within the term, not barred."""
        ended = self.valid_until is not None and self.valid_until < day
        return not self.barred and self.valid_from <= day and not ended


@dataclass(frozen=True, slots=True)
class Family:
    """A student, his class in one school, and all his guardians, standing or not."""

    student: Person
    school_id: UUID
    enrolment_id: UUID
    class_id: UUID
    class_name: ClassName
    enrolled_from: date
    enrolled_until: date | None
    guardians: tuple[Guardian, ...]


class Tie(NamedTuple):
    """A guardianship as it stands in its row."""

    id: UUID
    student_id: UUID
    guardian_id: UUID
    relation: str
    authority_document: bytes | None
    valid_from: date
    valid_until: date | None
    barred: bool


_Row: TypeAlias = Row[*tuple[Any, ...]]
_Tie: TypeAlias = _Row | Tie

_standing = (
    select(
        enrolments.c.id,
        enrolments.c.school_id,
        enrolments.c.class_id,
        enrolments.c.person_id,
        enrolments.c.valid_from,
        enrolments.c.valid_until,
        classes.c.grade,
        classes.c.letter,
    )
    .join(classes)
    .join(persons, persons.c.id == enrolments.c.person_id)
    .where(
        enrolments.c.valid_from <= bindparam("on"),
        or_(enrolments.c.valid_until.is_(None), enrolments.c.valid_until >= bindparam("on")),
    )
    .order_by(classes.c.grade, classes.c.letter, persons.c.sort_key, persons.c.id)
)
_person: BindParameter[UUID] = bindparam("person", type_=enrolments.c.person_id.type)
_wards = select(guardianships.c.student_id).where(guardianships.c.guardian_id == _person)
_of_school = _standing.where(enrolments.c.school_id == bindparam("school"))
_of_class = _of_school.where(enrolments.c.class_id == bindparam("class"))
# One student, or those of one person, come with their ties; of many, one row of each is enough to hold.
_TIES_FROM: Final = len(_standing.selected_columns)
_tied = _standing.outerjoin(guardianships, guardianships.c.student_id == enrolments.c.person_id).add_columns(
    *(guardianships.c[name].label(f"tie_{name}") for name in Tie._fields)
)
_of_student = _tied.where(enrolments.c.person_id == bindparam("student"))
_of_one = _of_student.where(enrolments.c.school_id == bindparam("school"))
_with_person = _tied.where(enrolments.c.person_id.in_(_wards.union_all(select(_person))))
_ties = Lookup(select(*(guardianships.c[name] for name in Tie._fields)), guardianships.c.student_id)


def families_of(connection: Connection, vault: Vault, school_id: UUID, on: date) -> tuple[Family, ...]:
    """Read every student enrolled in a school on a day with his guardians, by class and name.

    Three statements, however many they are.
    """
    return _families(connection, vault, connection.execute(_of_school, {"on": on, "school": school_id}).all())


def families_of_class(
    connection: Connection, vault: Vault, school_id: UUID, class_id: UUID, on: date
) -> tuple[Family, ...]:
    """Read the families of one class; three statements."""
    chosen = {"on": on, "school": school_id, "class": class_id}
    return _families(connection, vault, connection.execute(_of_class, chosen).all())


def family_of(connection: Connection, vault: Vault, school_id: UUID, student_id: UUID, on: date) -> Family:
    """Read one student's family as one school sees it.

    Raises:
        NotFoundError: the school has no such student on that day.
    """
    chosen = {"on": on, "school": school_id, "student": student_id}
    found = _tied_families(connection, vault, connection.execute(_of_one, chosen))
    if not found:
        raise NotFoundError(N_("Такого обучающегося в школе нет."))
    return found[0]


def families_with(connection: Connection, vault: Vault, person_id: UUID, on: date) -> tuple[Family, ...]:
    """Read the families in which a person is the student or a guardian, in every school; two statements."""
    chosen = {"on": on, "person": person_id}
    return _tied_families(connection, vault, connection.execute(_with_person, chosen))


def families_of_student(
    connection: Connection, vault: Vault, student_id: UUID, on: date
) -> tuple[Family, ...]:
    """Read one student's family in every school where he is enrolled; two statements."""
    chosen = {"on": on, "student": student_id}
    return _tied_families(connection, vault, connection.execute(_of_student, chosen))


def _families(connection: Connection, vault: Vault, places: Collection[_Row]) -> tuple[Family, ...]:
    ties = _ties.rows(connection, {place.person_id for place in places})
    return _put_together(connection, vault, places, ties)


def _tied_families(connection: Connection, vault: Vault, rows: Iterable[_Row]) -> tuple[Family, ...]:
    """Put families together of rows with a tie each: a student's place stands in as many as he has ties."""
    places, ties = {}, {}
    for row in rows:
        places[row.id] = row
        if row.tie_id is not None:
            ties[row.tie_id] = Tie(*row[_TIES_FROM:])
    return _put_together(connection, vault, places.values(), ties.values())


def _put_together(
    connection: Connection, vault: Vault, places: Collection[_Row], ties: Collection[_Tie]
) -> tuple[Family, ...]:
    students = {place.person_id for place in places}
    opened, documents = _open(connection, vault, students, ties)
    of_student = _guardians(ties, opened, documents)
    return tuple(
        _family(place, opened[place.person_id], of_student[place.person_id])
        for place in places
        if place.person_id in opened
    )


def _family(place: _Row, student: Person, guardians: list[Guardian]) -> Family:
    return Family(
        student,
        place.school_id,
        place.id,
        place.class_id,
        ClassName(place.grade, place.letter),
        place.valid_from,
        place.valid_until,
        tuple(sorted(guardians, key=lambda one: one.guardianship_id)),
    )


def _guardians(
    ties: Collection[_Tie], opened: Mapping[UUID, Person], documents: Mapping[UUID, str]
) -> dict[UUID, list[Guardian]]:
    found: dict[UUID, list[Guardian]] = defaultdict(list)
    for tie in ties:
        if tie.guardian_id in opened:
            found[tie.student_id].append(
                Guardian(
                    tie.id,
                    opened[tie.guardian_id],
                    RelationKind(tie.relation),
                    documents.get(tie.id),
                    tie.valid_from,
                    tie.valid_until,
                    tie.barred,
                )
            )
    return found


def _open(
    connection: Connection, vault: Vault, students: Collection[UUID], ties: Collection[_Tie]
) -> tuple[dict[UUID, Person], dict[UUID, str]]:
    """Open the persons, and the documents of authority, which stand under the guardians' keys."""
    sealed: dict[UUID, list[tuple[UUID, bytes]]] = defaultdict(list)
    for tie in ties:
        if tie.authority_document is not None:
            sealed[tie.guardian_id].append((tie.id, tie.authority_document))
    opened, documents = {}, {}
    for person, key in open_persons(connection, vault, {*students, *(tie.guardian_id for tie in ties)}):
        opened[person.id] = person
        for tie_id, document in sealed.pop(person.id, ()):
            place = "guardianships.authority_document"
            documents[tie_id] = vault.open_text(key, place, tie_id, document)
    return opened, documents
