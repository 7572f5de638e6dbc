"""Holding a person's card against what ESIA says of him: field by field, and whether it is he at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from registry.errors import InvalidError
from registry.esia.rules import Profile
from registry.people.contacts import ContactKind, contact_key, parse_contact
from registry.people.models.persons import Contact, Person
from registry.people.names import fold

FIELDS: Final = ("last_name", "first_name", "middle_name", "birth_date", "snils", "phone", "email")
_NAMES: Final = frozenset({"last_name", "first_name", "middle_name"})


class AccountState(StrEnum):
    """What is known of somebody's account at ESIA."""

    UNKNOWN = "unknown"
    NONE = "none"
    SIMPLIFIED = "simplified"
    STANDARD = "standard"
    CONFIRMED = "confirmed"


class Match(StrEnum):
    """How a field of a card stands to ESIA.

    Attributes:
        MATCHES: both say the same. DIFFERS: they do not. KEPT: they do not, and somebody chose the card's.
        NOT_GIVEN: ESIA said nothing. NOT_HELD: the card says nothing.
    """

    MATCHES = "matches"
    DIFFERS = "differs"
    KEPT = "kept"
    NOT_GIVEN = "not-given"
    NOT_HELD = "not-held"


@dataclass(frozen=True, slots=True)
class Said:
    """ESIA's last word on a person.

    Attributes:
        values: by field, as the card would hold them. verified: kinds of contact that ESIA has verified.
        children: ids of the students whom he represents and whom ESIA lists; missing: those it does not list.
        others: how many children ESIA lists besides. kept: differences that stay, card's value and ESIA's.
    """

    values: Mapping[str, str]
    verified: frozenset[str] = frozenset()
    children: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    others: int = 0
    kept: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """One field: what stands on the card, what ESIA says, and what follows."""

    field: str
    card: str | None
    esia: str | None
    match: Match


def plain_field(person: Person, name: str) -> str | None:
    """Give a field of a card as text, or None where there is nothing."""
    value = getattr(person, name)
    if isinstance(value, Contact):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)


def values_of(profile: Profile) -> dict[str, str]:
    """Read the fields that ESIA gave, each as the card would hold it."""
    said = {
        "last_name": profile.last_name,
        "first_name": profile.first_name,
        "middle_name": profile.middle_name,
        "birth_date": profile.birth_date.isoformat() if profile.birth_date else None,
        "snils": profile.snils,
    }
    for kind in ContactKind:
        contact = profile.phone if kind is ContactKind.PHONE else profile.email
        said[kind.value] = _read_contact(kind, contact.value) if contact else None
    return {name: value for name, value in said.items() if value}


def _read_contact(kind: ContactKind, value: str) -> str | None:
    try:
        return parse_contact(kind, value)
    except InvalidError:
        return None


def verified_of(profile: Profile) -> frozenset[str]:
    """Name the kinds of contact that ESIA has verified."""
    held = {ContactKind.PHONE: profile.phone, ContactKind.EMAIL: profile.email}
    return frozenset(kind.value for kind, one in held.items() if one is not None and one.verified)


def same_value(name: str, one: str, other: str) -> bool:
    """Tell whether two values of a field are the same to a reader."""
    if name in _NAMES:
        return fold(one) == fold(other)
    if name in set(ContactKind):
        kind = ContactKind(name)
        return contact_key(kind, one) == contact_key(kind, other)
    return one == other


def compare(person: Person, said: Said) -> list[Compared]:
    """Hold every field of a card against ESIA's last word."""
    return [_compared(name, plain_field(person, name), said) for name in FIELDS]


def differing(person: Person, said: Said) -> list[Compared]:
    """Choose the fields about which somebody has to decide."""
    return [one for one in compare(person, said) if one.match is Match.DIFFERS]


def _compared(name: str, card: str | None, said: Said) -> Compared:
    esia = said.values.get(name)
    return Compared(name, card, esia, _match(name, card, esia, said.kept))


def _match(name: str, card: str | None, esia: str | None, kept: Mapping[str, tuple[str, str]]) -> Match:
    if esia is None:
        return Match.NOT_GIVEN
    if card is None:
        return Match.NOT_HELD
    if same_value(name, card, esia):
        return Match.MATCHES
    return Match.KEPT if kept.get(name) == (card, esia) else Match.DIFFERS


def is_same_person(person: Person, profile: Profile) -> bool:
    """Tell whether the holder of an account is the person of a card.

    The SNILS must be the same (a card without one is believed only where everything else fits), and so must
    the first name and the birth date; a surname may have changed, and then it is shown as a difference.
    """
    said = Said(values_of(profile))
    found = {one.field: one.match for one in compare(person, said)}
    same = {name for name, match in found.items() if match is Match.MATCHES}
    if found["snils"] is Match.NOT_HELD:
        return {"last_name", "first_name", "birth_date"} <= same and found["middle_name"] is not Match.DIFFERS
    if "snils" not in same or "first_name" not in same:
        return False
    return "birth_date" in same or (found["birth_date"] is Match.NOT_HELD and "last_name" in same)
