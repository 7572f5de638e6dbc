"""Taking a list out as a workbook: whoever is in it finds in the trail that he was read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.people.dates import format_date
from registry.people.identifiers import format_snils
from registry.people.models.families import Family, Guardian, families_of, families_of_class
from registry.people.models.persons import Person
from registry.people.models.places import SchoolClass
from registry.people.relations import LABELS, RelationKind
from registry.people.rosters.workbook import (
    GUARDIAN_FIELDS,
    MOST_GUARDIANS,
    STUDENT_FIELDS,
    Page,
    header,
)
from registry.people.usecases.looks import What, note_export
from registry.work import Work


@dataclass(frozen=True, slots=True)
class ClassList:
    """A class with its families as they were read."""

    title: str
    families: Sequence[Family]


def take_out(work: Work, school_id: UUID, classes: Collection[SchoolClass]) -> list[Page]:
    """Read the lists of some classes, record that they were taken out, and give the sheets of a workbook."""
    families = _families(work, school_id, [one.id for one in classes])
    lists = [ClassList(str(one.name), [of for of in families if of.class_id == one.id]) for one in classes]
    for family in (family for one in lists for family in one.families):
        _record(work, family)
    return pages_of(lists, work.today)


def _families(work: Work, school_id: UUID, class_ids: Sequence[UUID]) -> Sequence[Family]:
    """A fixed number of statements, for one class as for a whole school."""
    if len(class_ids) == 1:
        return families_of_class(work.connection, work.vault, school_id, class_ids[0], work.today)
    return families_of(work.connection, work.vault, school_id, work.today)


def _record(work: Work, family: Family) -> None:
    """One entry a family: it names everybody whose data stand in the row."""
    people = [family.student, *(one.person for one in _standing(family, work.today))]
    note_export(work, family, people, What.ROSTER)


def pages_of(lists: Sequence[ClassList], on: date) -> list[Page]:
    """Put lists into the columns that an upload reads; a sheet a class, a row a student."""
    return [Page(one.title, header(_most(one, on)), _rows(one, on)) for one in lists]


def _most(one: ClassList, on: date) -> int:
    return max([1, *(len(_standing(family, on)) for family in one.families)])


def _rows(one: ClassList, on: date) -> Iterable[list[str]]:
    return [
        [*_student(family.student), *(cell for tie in _standing(family, on) for cell in _guardian(tie))]
        for family in one.families
    ]


def _standing(family: Family, on: date) -> list[Guardian]:
    """Choose those who represent the student; a row has columns for four."""
    return [one for one in family.guardians if one.stands_on(on)][:MOST_GUARDIANS]


def _student(person: Person) -> list[str]:
    cells = _cells(person)
    return [cells[name] for name in STUDENT_FIELDS]


def _guardian(tie: Guardian) -> list[str]:
    cells = _cells(tie.person) | {"relation": _relation(tie)}
    return [cells[name] for name in GUARDIAN_FIELDS]


def _relation(tie: Guardian) -> str:
    if tie.relation is RelationKind.UNSTATED:
        return ""
    label = LABELS[tie.relation]
    return f"{label}; {tie.authority_document}" if tie.authority_document else label


def _cells(person: Person) -> dict[str, str]:
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name or "",
        "birth_date": format_date(person.birth_date) if person.birth_date else "",
        "snils": format_snils(person.snils) if person.snils else "",
        "phone": person.phone.value if person.phone else "",
        "email": person.email.value if person.email else "",
    }
