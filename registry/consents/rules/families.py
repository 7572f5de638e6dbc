"""What a decision must know of a student and his guardians on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.programmes.rules import Field, Role

NOTHING: frozenset[str] = frozenset()
NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Card:
    """Which fields of a person are there and which contacts are confirmed; never their values."""

    person: UUID
    present: frozenset[str] = NOTHING
    confirmed: frozenset[str] = NOTHING


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian of the student: authority from `since` to `until`, both included; None is without an end."""

    card: Card
    since: date | None = None
    until: date | None = None
    barred: bool = False

    @property
    def person(self) -> UUID:
        """Who it is."""
        return self.card.person

    def has_authority(self, day: date) -> bool:
        """Tell whether the guardian may act for the student on a day."""
        began = self.since is None or self.since <= day
        ended = self.until is not None and self.until < day
        return began and not ended and not self.barred


@dataclass(frozen=True, slots=True)
class Family:
    """A student of a roster with his guardians.

    Attributes:
        asked: who was asked about this student in the programme.
        unreachable: who has no contact that may be used, or whose letters come back.
        settled_by: the guardian whose act stands by the last document on a conflict.
        opted_out: whether an opt-out from the programme's e-learning counts on the day.
        special_needs: whether a document of special educational needs stands on the student's card.
    """

    student: Card
    birth_date: date | None
    grade: int | None
    enrolled: bool
    guardians: tuple[Guardian, ...] = ()
    asked: frozenset[UUID] = NOBODY
    unreachable: frozenset[UUID] = NOBODY
    settled_by: UUID | None = None
    opted_out: bool = False
    special_needs: bool = False

    def with_authority(self, day: date) -> tuple[Guardian, ...]:
        """Give the guardians who may act on a day."""
        return tuple(one for one in self.guardians if one.has_authority(day))


class Lack(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that keeps a record from the message."""

    person: UUID
    role: Role
    field: str
    lack: Lack


def missing_fields(card: Card, role: Role, fields: Iterable[Field]) -> tuple[MissingField, ...]:
    """Name the fields that a card lacks, in the order of the programme."""
    found = ((one.name, _lack(card, one)) for one in fields)
    return tuple(MissingField(card.person, role, name, lack) for name, lack in found if lack)


def _lack(card: Card, field: Field) -> Lack | None:
    if field.name not in card.present:
        return Lack.MISSING if field.required else None
    if field.confirmed and field.name not in card.confirmed:
        return Lack.NOT_CONFIRMED
    return None
