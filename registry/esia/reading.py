"""Reading what ESIA's REST tells of a person; a client must take every field as optional."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.esia.rules import Child, Profile, SaidContact, read_date, read_snils

VERIFIED = "VERIFIED"


def read_profile(person: Mapping[str, Any], contacts: Mapping[str, Any], kids: Mapping[str, Any]) -> Profile:
    """Put a person together of the three answers."""
    return Profile(
        last_name=_text(person, "lastName"),
        first_name=_text(person, "firstName"),
        middle_name=_text(person, "middleName"),
        birth_date=read_date(person.get("birthDate")),
        snils=read_snils(person.get("snils")),
        phone=_contact(contacts, "MBT"),
        email=_contact(contacts, "EML"),
        children=tuple(_child(one) for one in _elements(kids)),
        deleted=person.get("status") == "DELETED",
    )


def _contact(said: Mapping[str, Any], kind: str) -> SaidContact | None:
    """Choose the verified one where there are several; a value still waiting for its code is none yet."""
    found = [one for one in _elements(said) if one.get("type") == kind and _text(one, "value")]
    chosen = sorted(found, key=lambda one: one.get("vrfStu") != VERIFIED)[:1]
    for one in chosen:
        return SaidContact(_text(one, "value") or "", one.get("vrfStu") == VERIFIED)
    return None


def _child(said: Mapping[str, Any]) -> Child:
    return Child(
        _text(said, "lastName"),
        _text(said, "firstName"),
        _text(said, "middleName"),
        read_date(said.get("birthDate")),
        read_snils(said.get("snils")),
    )


def _elements(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    elements = said.get("elements")
    for one in elements if isinstance(elements, list) else ():
        if isinstance(one, dict):
            yield one


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value.strip()[:300] or None if isinstance(value, str) else None
