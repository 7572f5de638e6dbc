"""The header of a list: which column holds which field of whom, in any order and wording."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.people.rosters.sheets import Cell

STUDENT = "student"
CLASS = "class"
NUMBER = "number"
FIELDS = ("last_name", "first_name", "middle_name", "birth_date", "snils", "phone", "email", "relation")
FULL_NAME = "full_name"
_FEWEST = 3
_LONGEST_SHOWN = 60

# The first pattern that is found in the words of a cell names the field: the closer ones stand first.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("email", r"mail|емайл|имейл|мейл|почт"),
        ("phone", r"телефон|\bтел\b|мобильн|сотов|phone"),
        ("snils", r"снилс|snils|страхов"),
        ("birth_date", r"дата рож|рожден|\bд р\b|\bдр\b|birth"),
        ("relation", r"кем приход|родств|отношение|\bстатус|relation"),
        (FULL_NAME, r"\bфио\b|\bф и о\b|фамил.*\bимя"),
        ("middle_name", r"отчеств|middle|patronym"),
        ("last_name", r"фамил|last name|surname"),
        ("first_name", r"\bимя\b|\bимени\b|first name"),
        (CLASS, r"\bкласс\b|\bгруппа\b|\bclass\b"),
        (NUMBER, r"^№|^n\b|\bп п\b|номер"),
    )
)
_MOTHER = re.compile(r"\bмат(?:ь|ери)\b|\bмам[аы]\b")
_FATHER = re.compile(r"\bот(?:ец|ца)\b|\bпап[аы]\b")
_PARENT = re.compile(r"родител|законн|представител|опекун|parent|guardian")
_PUPIL = re.compile(r"обучающ|учащ|ученик|ребен|детей|student|pupil|child")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the fields stand: (side, field) -> column; a side is `student`, `guardian`, `guardian2`, ...

    `relations` says what a side is by its header alone («СНИЛС матери»).
    """

    row: int
    columns: Mapping[tuple[str, str], int]
    relations: Mapping[str, str]
    unread: Mapping[int, str]
    """Columns that no field was found for, by the words of their header."""

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides of guardians, in the order in which they stand."""
        return tuple(dict.fromkeys(side for side, _ in self.columns if side.startswith("guardian")))


def find_header(row: int, cells: Sequence[Cell], above: Sequence[Cell] = ()) -> Header | None:
    """Read a row as a header, with the row above it for groups («Ученик» | «Родитель»), if it is one."""
    words = [_words(cell) for cell in cells]
    fields = [_field_of(text) for text in words]
    named = {field for field in fields if field not in {None, NUMBER, CLASS}}
    if len(named) < _FEWEST or not named & {"last_name", FULL_NAME}:
        return None
    columns: dict[tuple[str, str], int] = {}
    relations: dict[str, str] = {}
    sides = _Sides(relations)
    for place, field in enumerate(fields):
        if field is not None:
            side = sides.side_of(f"{words[place]} {_group(above, place)}", field, columns)
            columns.setdefault((side, field), place)
    return Header(row, columns, relations, _unread(cells, set(columns.values())))


def _unread(cells: Sequence[Cell], read: set[int]) -> dict[int, str]:
    told = {place: " ".join(str(cell).split()) for place, cell in enumerate(cells) if cell is not None}
    return {place: text[:_LONGEST_SHOWN] for place, text in told.items() if text and place not in read}


class _Sides:
    """Gives each group of columns its side, in order of appearance."""

    def __init__(self, relations: dict[str, str]) -> None:
        self._labels: list[str] = []
        self._relations = relations

    def side_of(self, text: str, field: str, taken: Mapping[tuple[str, str], int]) -> str:
        if field in {CLASS, NUMBER}:
            return STUDENT
        label = _label(text)
        if label is None:
            repeated = (STUDENT, field) in taken or field == "relation"
            label = "parent" if repeated and not _PUPIL.search(text) else None
        return STUDENT if label is None else self._guardian(label)

    def _guardian(self, label: str) -> str:
        if label not in self._labels:
            self._labels.append(label)
        number = self._labels.index(label) + 1
        side = "guardian" if number == 1 else f"guardian{number}"
        if label in {"мать", "отец"}:
            self._relations[side] = label
        return side


def _label(text: str) -> str | None:
    if _PARENT.search(text):
        digits = re.search(r"\b([2-4])\b", text)
        return f"parent{digits[1]}" if digits else "parent"
    if _MOTHER.search(text):
        return "мать"
    return "отец" if _FATHER.search(text) else None


def _group(above: Sequence[Cell], place: int) -> str:
    """The words over a column: a merged cell keeps its text in its first column only."""
    for cell in reversed(above[: place + 1]):
        if isinstance(cell, str):
            return _words(cell)
    return ""


def _words(cell: Cell) -> str:
    if not isinstance(cell, str):
        return ""
    text = cell[:200].lower().replace("ё", "е").replace("e-mail", "email")
    return " ".join(re.sub(r"[^\w№]|_", " ", text).split())


def _field_of(words: str) -> str | None:
    return next((field for field, pattern in _PATTERNS if words and pattern.search(words)), None)
