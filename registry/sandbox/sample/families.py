"""Inventing families: children whose birth dates fit their grades, parents shared by brothers and sisters."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from registry.people.dates import format_date
from registry.sandbox.sample.names import MEN, SAME_FOR_ALL, SURNAMES, WOMEN, of_woman
from registry.sandbox.sample.numbers import Numbers

SCHOOL_YEAR_BEGINS = date(2020, 9, 1)
GRADES = range(1, 12)
_YEAR = 365.25
_STARTS_AT = (6.6, 7.7)
"""Years of age in which children begin with the first grade."""
_PARENT_OLDER_BY = (20, 38)


@dataclass(frozen=True, slots=True)
class Invented:
    """A person; the values as people write them."""

    last_name: str
    first_name: str
    middle_name: str
    born: date
    snils: str
    phone: str
    email: str

    def cell(self, field: str) -> str:
        """Give a field as a list says it."""
        return format_date(self.born) if field == "birth_date" else str(getattr(self, field))


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student with his grade and those who represent him, each with what he is to the student."""

    grade: int
    person: Invented
    guardians: tuple[tuple[str, Invented], ...]


@dataclass(frozen=True, slots=True)
class _House:
    """What the people of one family have in common."""

    surname: str
    father: str
    with_patronymics: bool


class Inventor:
    """Makes families out of a seed; no two people share a number or an address."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - a reproducible sample, no secret
        self._numbers = Numbers(self._chance)

    def pupils(self, count: int) -> Iterator[Pupil]:
        """Invent so many students, family by family."""
        left = count
        while left:
            size = min(left, self._chance.choices((1, 2, 3), (85, 13, 2))[0])
            yield from self._family(size)
            left -= size

    def _family(self, size: int) -> Iterator[Pupil]:
        house = self._house()
        grades = self._chance.sample(GRADES, size)
        births = [self._birth(grade) for grade in grades]
        guardians = self._guardians(house, min(births))
        for grade, born in zip(grades, births, strict=True):
            boy = self._chance.random() < 1 / 2
            first_name = self._chance.choice(tuple(MEN) if boy else WOMEN)
            yield Pupil(grade, self._person(house, first_name, house.father, born), guardians)

    def _house(self) -> _House:
        father, luck = self._chance.choice(tuple(MEN)), self._chance.random()
        if luck < 0.05:  # noqa: PLR2004 - a share of all families
            one, other = self._chance.sample(SURNAMES, 2)
            return _House(f"{one}-{other}", father, with_patronymics=True)
        if luck < 0.12:  # noqa: PLR2004 - the same
            return _House(self._chance.choice(SAME_FOR_ALL), father, self._chance.random() < 1 / 2)
        return _House(self._chance.choice(SURNAMES), father, with_patronymics=True)

    def _birth(self, grade: int) -> date:
        age = grade - 1 + self._chance.uniform(*_STARTS_AT)
        return SCHOOL_YEAR_BEGINS - timedelta(days=round(age * _YEAR))

    def _guardians(self, house: _House, eldest: date) -> tuple[tuple[str, Invented], ...]:
        mother = ("мать", self._elder(house, self._chance.choice(WOMEN), eldest))
        luck = self._chance.random()
        if luck < 0.55:  # noqa: PLR2004 - a share of all families
            return (mother,)
        if luck < 0.97:  # noqa: PLR2004 - the same
            return (mother, ("отец", self._elder(house, house.father, eldest)))
        number = self._chance.randrange(1, 900)
        document = f"опекун; постановление № {number} от 03.02.2015"
        return ((document, self._elder(house, self._chance.choice(WOMEN), eldest)),)

    def _elder(self, house: _House, first_name: str, eldest: date) -> Invented:
        born = eldest - timedelta(days=round(self._chance.uniform(*_PARENT_OLDER_BY) * _YEAR))
        return self._person(house, first_name, self._chance.choice(tuple(MEN)), born)

    def _person(self, house: _House, first_name: str, father: str, born: date) -> Invented:
        woman = first_name not in MEN
        last_name = of_woman(house.surname) if woman else house.surname
        middle_name = MEN[father][woman] if house.with_patronymics else ""
        return Invented(last_name, first_name, middle_name, born, *self._numbers.next_person(last_name))
