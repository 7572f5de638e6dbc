"""What a notice may say of one signing: the signer, the student, the school, the day."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from registry.errors import N_, InvalidError
from registry.programmes.rules import Means

LONGEST_VALUE = 1_000


@dataclass(frozen=True, slots=True)
class Paper:
    """An identity document or one that proves authority; empty parts are not known."""

    title: str
    number: str
    issued_on: date | None
    issuer: str
    series: str = ""

    def said(self) -> str:
        """Write it in one line: title, series and number, date, issuer."""
        number = f"{self.series} № {self.number}".strip() if self.number else self.series
        return ", ".join(part for part in (self.title, number, day_said(self.issued_on), self.issuer) if part)

    def missing(self) -> tuple[str, ...]:
        """Name the parts that the law wants and that are not there."""
        parts = {"number": self.number, "issued_on": self.issued_on, "issuer": self.issuer}
        return tuple(name for name, part in parts.items() if not part)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, as the document names him; `channels` in full, for the agreement only."""

    full_name: str
    birth_date: date | None = None
    address: str = ""
    identity_document: Paper | None = None
    authority_document: Paper | None = None
    relation: str = ""
    channels: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The student of whom the document speaks."""

    full_name: str
    birth_date: date | None = None
    address: str = ""
    identity_document: Paper | None = None
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
