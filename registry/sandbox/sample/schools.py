"""Invented schools as spreadsheets: a workbook a school, a sheet a class."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from registry.errors import N_, InvalidError
from registry.people.rosters.workbook import GUARDIAN_FIELDS, STUDENT_FIELDS, Page, header, write_workbook
from registry.sandbox.sample.families import Invented, Inventor, Pupil

MOST_STUDENTS = 30_000
"""In one school: as many as one workbook of an upload may hold with room to spare."""
_FULL_CLASS = 25
_LETTERS = "АБВГДЕЖЗИКЛМНОПР"
_GUARDIANS = 2


def check_counts(students: int, schools: int) -> None:
    """Refuse numbers of which no sample can be made.

    Raises:
        InvalidError: with the number that does not fit.
    """
    if schools < 1:
        raise InvalidError(N_("Школ должно быть не меньше одной (--schools)."), code="no-schools")
    if students < schools:
        raise InvalidError(
            N_("Обучающихся (--students) должно быть не меньше, чем школ: %(schools)s."),
            code="too-few-students",
            schools=schools,
        )
    if students > schools * MOST_STUDENTS:
        raise InvalidError(
            N_("В одной школе может быть не больше %(most)s обучающихся: прибавьте школ (--schools)."),
            code="too-many-students",
            most=MOST_STUDENTS,
        )


def make_schools(students: int, schools: int, seed: int) -> Iterator[bytes]:
    """Invent schools and give them one after another as workbooks; the same seed gives the same bytes.

    Args:
        students: in all schools together, spread evenly.
        schools: how many there are.
        seed: of everything that is left to chance.
    """
    check_counts(students, schools)
    inventor = Inventor(seed)
    for number in range(schools):
        own = students // schools + (number < students % schools)
        yield write_workbook(pages_of_school(inventor.pupils(own)))


def pages_of_school(pupils: Iterable[Pupil]) -> Iterator[Page]:
    """Spread students over classes, a sheet each, in the order of a register."""
    grades: dict[int, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        grades[pupil.grade].append(pupil)
    for grade, found in sorted(grades.items()):
        for letter, members in zip(_LETTERS, _classes(found), strict=False):
            rows = sorted((_row(pupil) for pupil in members), key=lambda cells: cells[:3])
            yield Page(f"{grade}{letter}", header(_GUARDIANS), rows)


def _classes(pupils: Sequence[Pupil]) -> list[Sequence[Pupil]]:
    """Spread a grade over as many classes as it needs, and no more than there are letters."""
    count = min(len(_LETTERS), -(-len(pupils) // _FULL_CLASS))
    return [pupils[number::count] for number in range(count)]


def _row(pupil: Pupil) -> list[str]:
    student = [pupil.person.cell(field) for field in STUDENT_FIELDS]
    return student + [
        cell for relation, guardian in pupil.guardians for cell in _guardian(relation, guardian)
    ]


def _guardian(relation: str, person: Invented) -> list[str]:
    return [relation if field == "relation" else person.cell(field) for field in GUARDIAN_FIELDS]
