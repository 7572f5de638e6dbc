"""Persons and their contacts, read and opened."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import count
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, select

from registry.errors import N_, NotFoundError
from registry.people.contacts import ContactKind
from registry.people.models.tables import contacts, persons
from registry.storage.queries import Lookup, drained
from registry.storage.vault import SubjectKey, Vault, subject_keys

_Row: TypeAlias = Row[*tuple[Any, ...]]

SEALED = ("birth_date", "snils", "address", "identity_document")
NAMES = ("last_name", "first_name", "middle_name")


class Source(StrEnum):
    """Where a contact came from."""

    ROSTER = "roster"
    TYPED = "typed"
    STAFF = "staff"
    ESIA = "esia"


class Confirmed(StrEnum):
    """How a contact was confirmed."""

    CODE = "code"
    ESIA = "esia"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone or an e-mail address of a person."""

    id: UUID
    kind: ContactKind
    value: str
    source: Source
    confirmed_at: datetime | None
    confirmed_how: Confirmed | None
    changed_by_staff_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Person:
    """A person, opened."""

    id: UUID
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date | None
    snils: str | None
    address: str | None
    identity_document: str | None
    phone: Contact | None
    email: Contact | None
    version: int

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def present(self) -> frozenset[str]:
        """Names of the fields that hold something."""
        fields = (*NAMES, *SEALED, *ContactKind)
        return frozenset(str(name) for name in fields if getattr(self, name) is not None)

    @property
    def confirmed(self) -> frozenset[str]:
        """Kinds of contact that are confirmed."""
        held = {ContactKind.PHONE: self.phone, ContactKind.EMAIL: self.email}
        return frozenset(str(kind) for kind, one in held.items() if one is not None and one.confirmed_at)


_CONTACT: Final = (
    *("id", "value", "source", "confirmed_at", "confirmed_how"),
    *("changed_by_staff_at", "version"),
)
_with_key = select(persons, subject_keys.c.wrapped).join(subject_keys, subject_keys.c.subject == persons.c.id)
_PLACES: Final = {
    kind: slice(begin, begin + len(_CONTACT))
    for kind, begin in zip(ContactKind, count(len(_with_key.selected_columns), len(_CONTACT)), strict=False)
}
"""Where the columns of each kind of contact stand in a row."""


def _with_contacts() -> Select[*tuple[Any, ...]]:
    """Read a person together with what he has of each kind of contact: one row a person."""
    read: Select[*tuple[Any, ...]] = _with_key
    for kind in _PLACES:
        one = contacts.alias(kind.value)
        read = read.outerjoin(one, and_(one.c.person_id == persons.c.id, one.c.kind == kind.value))
        read = read.add_columns(*(one.c[name].label(f"{kind.value}_{name}") for name in _CONTACT))
    return read


_persons = Lookup(_with_contacts(), persons.c.id)


def load_persons(connection: Connection, vault: Vault, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Read and open persons with their contacts; one statement, however many they are.

    Who was erased is not in the answer.
    """
    return {person.id: person for person, _ in open_persons(connection, vault, ids)}


def open_persons(
    connection: Connection, vault: Vault, ids: Collection[UUID]
) -> Iterator[tuple[Person, SubjectKey]]:
    """Read persons as `load_persons` does, each with his key, for what else stands under it.

    One after the other: a key that lies ready takes more room than all that it opens.
    """
    for row in drained(_persons.rows(connection, ids)):
        key = vault.unwrap(row.id, row.wrapped)
        yield _opened(vault, key, row), key


def _contact(vault: Vault, key: SubjectKey, kind: ContactKind, row: _Row) -> Contact | None:
    contact_id, value, source, confirmed_at, confirmed_how, changed_by_staff_at, version = row[_PLACES[kind]]
    if contact_id is None:
        return None
    return Contact(
        contact_id,
        kind,
        vault.open_text(key, "contacts.value", contact_id, value),
        Source(source),
        confirmed_at,
        Confirmed(confirmed_how) if confirmed_how else None,
        changed_by_staff_at,
        version,
    )


def _opened(vault: Vault, key: SubjectKey, row: _Row) -> Person:
    def opened(name: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else vault.open_text(key, f"persons.{name}", row.id, sealed)

    born = opened("birth_date", row.birth_date)
    return Person(
        row.id,
        row.last_name,
        row.first_name,
        row.middle_name,
        date.fromisoformat(born) if born else None,
        opened("snils", row.snils),
        opened("address", row.address),
        opened("identity_document", row.identity_document),
        _contact(vault, key, ContactKind.PHONE, row),
        _contact(vault, key, ContactKind.EMAIL, row),
        row.version,
    )


def get_person(connection: Connection, vault: Vault, person_id: UUID) -> Person:
    """Read one person.

    Raises:
        NotFoundError: there is none, or he was erased.
    """
    person = load_persons(connection, vault, [person_id]).get(person_id)
    if person is None:
        raise NotFoundError(N_("Такого человека нет, или его данные уничтожены."))
    return person
