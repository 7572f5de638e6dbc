"""What a notice may say of one signing: the signer, the student, the school, the day."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from registry.errors import N_, InvalidError
from registry.programmes.rules import Means

LONGEST_VALUE = 1_000
_DATE = re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{4}\b|\b\d{4}-\d{2}-\d{2}\b")
_NUMBER = re.compile(r"\d(?:[\s-]?\d){2,}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_NAMES = frozenset({"выдан", "выдана", "выдано", "от", "года", "код", "подразделения"})


@dataclass(frozen=True, slots=True)
class Paper:
    """An identity document or one that proves authority, part by part as a form asks for it."""

    title: str
    number: str
    issued_on: date | None
    issuer: str
    series: str = ""

    def said(self) -> str:
        """Write it in one line: title, series and number, date, issuer."""
        number = f"{self.series} № {self.number}".strip() if self.number else self.series
        return ", ".join(part for part in (self.title, number, day_said(self.issued_on), self.issuer) if part)


def missing_parts(document: str) -> tuple[str, ...]:
    """Name what the law wants of a document and its line of text does not say: number, date, issuer.

    The issuer is whatever is named after the first figures: "title, number, date, issuer" is the usual order.
    """
    rest, dates = _DATE.subn(" 0 ", document)
    numbers = _NUMBER.search(rest)
    after = re.split(r"\d", rest, maxsplit=1)[1:]
    names = [word for word in _WORD.findall(after[0] if after else "") if word.casefold() not in _NO_NAMES]
    parts = {"number": numbers, "issued_on": dates, "issuer": names}
    return tuple(name for name, said in parts.items() if not said)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, as the document names him; `channels` in full, for the agreement only."""

    full_name: str
    birth_date: date | None = None
    address: str = ""
    identity_document: str = ""
    authority_document: str = ""
    relation: str = ""
    channels: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The student of whom the document speaks."""

    full_name: str
    birth_date: date | None = None
    address: str = ""
    identity_document: str = ""
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """The school that receives the consent."""

    full_name: str
    address: str
    inn: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, where and how the document is signed."""

    day: date
    means: Means
    registry_address: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one signing that a notice may say; `student` is absent from a code agreement."""

    signer: Signer
    operator: Operator
    occasion: Occasion
    student: Subject | None = None


def clean(value: str, place: str) -> str:
    """Make a value fit for a line of text: NFC, one blank between words, no invisible or control characters.

    Raises:
        InvalidError: longer than 1,000 characters; names the place.
    """
    if len(value) > LONGEST_VALUE:
        raise InvalidError(
            N_("Значение поля слишком длинное: не больше %(limit)s знаков."),
            fields={place: N_("Слишком длинное значение.")},
            limit=LONGEST_VALUE,
        )
    spaced = "".join(" " if one.isspace() else one for one in unicodedata.normalize("NFC", value))
    visible = "".join(one for one in spaced if not unicodedata.category(one).startswith("C"))
    return " ".join(visible.split())


def day_said(day: date | None) -> str:
    """Write a day as ``31.12.2020``; nothing for an unknown one."""
    return f"{day:%d.%m.%Y}" if day else ""
