"""Numbers and addresses that nobody else of the sample has; all of them invented."""

from dataclasses import dataclass
from random import Random

from registry.people.identifiers import format_snils, snils_check

SNILS = range(100_000_000, 999_000_000)
PHONES = range(100_000_000)
STEP = 61_803_399  # shares no factor with either range: a walk meets every number once
_DOMAINS = ("example.org", "example.com", "example.net")
_RUSSIAN = "абвгдеёзийклмнопрстуфхцчшщъыьэюяж-"
_LATIN = dict(zip(_RUSSIAN, "abvgdeeziyklmnoprstufhccss_y_euaj-", strict=True))


@dataclass(slots=True)
class Numbers:
    """Hands out numbers of persons, each once, in an order that the seed gives."""

    chance: Random
    _given: int = 0
    _start: int = -1

    def next_person(self, last_name: str) -> tuple[str, str, str]:
        """Give the SNILS, the phone and the e-mail address of one more person."""
        if self._start < 0:
            self._start = self.chance.randrange(len(PHONES))
        number = self._start + self._given * STEP
        self._given += 1
        nine = f"{SNILS[number % len(SNILS)]:09d}"
        eight = f"{PHONES[number % len(PHONES)]:08d}"
        phone = f"+79{self._given % 10}{eight}"
        email = f"{_latin(last_name)}{eight}@{self.chance.choice(_DOMAINS)}"
        return format_snils(nine + snils_check(nine)), phone, email


def _latin(name: str) -> str:
    return "".join(_LATIN[letter] for letter in name.casefold()).replace("_", "")
