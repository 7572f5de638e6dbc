"""People whose data are easy to recognise: a class of three, and how their values may be written."""

from dataclasses import dataclass
from datetime import date

from registry.people.identifiers import format_snils, snils_check
from tests.people.books import HEADER, book

CLASS = "9А"
SEED = 2
"""With which the first family decides online and the second on paper."""
DOCUMENTS = ("0800 000001", "0800000001", "I-ДВ № 000001")
"""What the demo types as numbers of documents."""


@dataclass(frozen=True)
class Canary:
    """One person and everything about him that must stand nowhere in clear."""

    last_name: str
    first_name: str
    middle_name: str
    born: date
    snils: str
    phone: str
    email: str

    @property
    def data(self) -> list[str]:
        """Identifiers, contacts and birth date as people and programs write them."""
        nine, ten = self.snils[:9], self.phone[2:]
        parted = f"{ten[:3]} {ten[3:6]}-{ten[6:8]}-{ten[8:]}"
        return [
            self.snils,
            format_snils(self.snils),
            format_snils(self.snils).replace(" ", "-"),
            "-".join((nine[:3], nine[3:6], nine[6:])),
            ten,
            parted,
            parted.replace(" ", "-"),
            self.email,
            self.email.partition("@")[0],
            self.born.isoformat(),
            f"{self.born:%d.%m.%Y}",
        ]

    @property
    def names(self) -> list[str]:
        """The name, and as it is written for sorting."""
        return [
            one for name in (self.last_name, self.middle_name) for one in (name, name.lower(), name.upper())
        ]

    def row(self) -> list[object]:
        said = (self.born, format_snils(self.snils), self.phone, self.email)
        return [self.last_name, self.first_name, self.middle_name, *said]


def _person(number: int, names: str, born: date) -> Canary:
    nine = f"{173_905_264 + 1117 * number:09d}"
    last, first, middle = names.split()
    email = f"kenar-{number}-zhyltok@example.org"
    return Canary(last, first, middle, born, nine + snils_check(nine), f"+7968305{7100 + number}", email)


CHILD = _person(1, "Кенаркина Аделаида Пантелеймоновна", date(2005, 7, 23))
MOTHER = _person(2, "Жылтокова Гликерия Евстигнеевна", date(1971, 10, 29))
PAPER_CHILD = _person(3, "Щеглотов Мирослав Аполлинариевич", date(2005, 8, 27))
PAPER_MOTHER = _person(4, "Чечёткова Капитолина Ферапонтовна", date(1973, 12, 28))
OTHER_CHILD = _person(5, "Зябликов Ростислав Евлампиевич", date(2005, 9, 26))
OTHER_MOTHER = _person(6, "Овсянкина Серафима Игнатьевна", date(1974, 11, 30))
FAMILY = (CHILD, MOTHER)
EVERYBODY = (CHILD, MOTHER, PAPER_CHILD, PAPER_MOTHER, OTHER_CHILD, OTHER_MOTHER)


def workbook() -> bytes:
    """The class as its tutor uploads it."""
    couples = [(CHILD, MOTHER), (PAPER_CHILD, PAPER_MOTHER), (OTHER_CHILD, OTHER_MOTHER)]
    rows = [
        [number, *child.row(), *mother.row()[:3], "мать", *mother.row()[3:]]
        for number, (child, mother) in enumerate(couples, 1)
    ]
    return book(**{CLASS: [HEADER, *rows]})
