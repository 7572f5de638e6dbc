"""Names of classes: 9Б out of «9 «Б»», «9-б», «9 "B" класс» and titles of lists."""

import re
from dataclasses import dataclass

_LATIN_TWINS = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_QUOTES = "\"'«»„“”‘’`"
_WHOLE = re.compile(rf"([0-9]{{1,2}})[\s{_QUOTES}-]*([А-ЯЁ]{{0,2}})[\s{_QUOTES}]*(?:КЛАСС[А-Я]*)?\.?")
_INSIDE = re.compile(rf"(?<![0-9.])([0-9]{{1,2}})[\s{_QUOTES}-]*([А-ЯЁ])?[\s{_QUOTES}-]*КЛАСС")
_GRADES = range(1, 13)
_LONGEST = 40


@dataclass(frozen=True, slots=True, order=True)
class ClassName:
    """A grade and a letter (or none)."""

    grade: int
    letter: str

    def __str__(self) -> str:
        return f"{self.grade}{self.letter}"


def parse_class_name(typed: str) -> ClassName | None:
    """Read a text that is a class name and nothing else."""
    text = " ".join(typed.split()).upper()
    if len(text) > _LONGEST:
        return None
    found = _WHOLE.fullmatch(text.translate(_LATIN_TWINS))
    return _made(found) if found else None


def find_class_name(title: str) -> ClassName | None:
    """Find a class in a title: «Список обучающихся 9 «Б» класса МБОУ СОШ № 17»."""
    text = " ".join(title[:500].split()).upper().translate(_LATIN_TWINS)
    found = _INSIDE.search(text)
    return _made(found) if found else None


def _made(found: re.Match[str]) -> ClassName | None:
    grade = int(found[1])
    return ClassName(grade, found[2] or "") if grade in _GRADES else None
