"""A class whose children have two guardians a row each, complete enough to be asked online."""

from collections.abc import Iterator
from datetime import date

from registry.people.identifiers import snils_check
from tests.people.books import HEADER, book

ROWS = 14
TITLE = "8А"
STUDENT = HEADER[:8]
GUARDIAN = [name if "родител" in name else f"{name} родитель" for name in HEADER[8:]]
FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дина", "Егор", "Зоя", "Илья", "Кира", "Лев", "Мария", "Олег")


def two_guardians_a_row() -> bytes:
    """The workbook of the class, of whom half are 14; the last two rows are brother and sister."""
    header = [*STUDENT, *(f"{name} {side}" for side in (1, 2) for name in GUARDIAN)]
    return book(**{TITLE: [header, *(_row(number) for number in range(ROWS))]})


def _row(number: int) -> list[object]:
    family = min(number, ROWS - 2)
    born = date(2006, 3 if number % 2 else 11, 20)
    student = [number + 1, *_person("Учебнов", number, born, 100 + number)]
    mother = [*_person("Мамина", family, date(1978, 3, 4), 200 + family)]
    father = [*_person("Папин", family, date(1976, 5, 6), 300 + family)]
    return [*student, *_related(mother, "мать"), *_related(father, "отец")]


def _related(person: list[object], relation: str) -> list[object]:
    return [*person[:3], relation, *person[3:]]


def _person(last: str, number: int, born: date, place: int) -> Iterator[object]:
    nine = f"{101000000 + place * 1117:09}"
    yield from (last, FIRST_NAMES[number % len(FIRST_NAMES)], "Примерович", born)
    yield f"{nine}{snils_check(nine)}"
    yield f"+7914{place:07}"
    yield f"p{place}@example.org"
