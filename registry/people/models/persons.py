"""Persons and their contacts: sealing, opening, adding, changing, finding by blind index."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from registry.errors import N_, ConflictError, NotFoundError
from registry.people.contacts import ContactKind, contact_key
from registry.people.models.tables import contacts, persons
from registry.people.names import sort_key
from registry.storage.queries import among
from registry.storage.vault import SubjectKey, Vault

SEALED = ("birth_date", "snils", "address", "identity_document")
NAMES = ("last_name", "first_name", "middle_name")
_AT_ONCE = 10_000  # a statement takes that many values on both databases


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


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be added: plain values, sealed on the way in."""

    id: UUID
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to be added."""

    id: UUID
    person_id: UUID
    kind: ContactKind
    value: str
    source: Source


def add_persons(connection: Connection, vault: Vault, made: Sequence[NewPerson]) -> dict[UUID, SubjectKey]:
    """Store persons with keys of their own; two statements.

    Raises:
        ConflictError: a SNILS belongs to somebody else.
    """
    keys = vault.create_keys(connection, [one.id for one in made])
    rows = [_person_row(vault, keys[one.id], one.values) for one in made]
    _insert(connection, insert(persons), rows)
    return keys


def add_contacts(
    connection: Connection, vault: Vault, keys: Mapping[UUID, SubjectKey], made: Sequence[NewContact]
) -> None:
    """Store contacts under their holders' keys; one statement.

    Raises:
        ConflictError: a contact belongs to somebody else.
    """
    rows = [
        {
            "id": one.id,
            "person_id": one.person_id,
            "kind": one.kind.value,
            "source": one.source.value,
            "version": 0,
            **sealed_contact(vault, keys[one.person_id], one.id, (one.kind, one.value)),
        }
        for one in made
    ]
    _insert(connection, insert(contacts), rows)


def taken() -> ConflictError:
    """The one answer to a number or contact of somebody else, wherever and whoever he is."""
    return ConflictError(
        N_("Это значение уже записано за другим человеком, а у каждого должно быть своё. Проверьте его."),
        code="taken",
    )


def _insert(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - an insert
    if not rows:
        return
    try:
        connection.execute(statement, rows)
    except IntegrityError:
        raise taken() from None


def sealed_contact(
    vault: Vault, key: SubjectKey, contact_id: UUID, what: tuple[ContactKind, str]
) -> dict[str, bytes]:
    """Seal a contact's value and make its blind index."""
    kind, value = what
    return {
        "value": vault.seal(key, "contacts.value", contact_id, value),
        "value_index": vault.blind_index(kind.value, contact_key(kind, value)),
    }


def _person_row(vault: Vault, key: SubjectKey, values: Mapping[str, object]) -> dict[str, Any]:
    row: dict[str, Any] = {name: values.get(name) for name in NAMES}
    row |= {"id": key.subject, "version": 0, "snils_index": None, "sort_key": _sort_key(row)}
    return row | dict.fromkeys(SEALED) | sealed_fields(vault, key, values)


def _sort_key(row: Mapping[str, Any]) -> str:
    return sort_key(row["last_name"], row["first_name"], row["middle_name"])


def sealed_fields(vault: Vault, key: SubjectKey, values: Mapping[str, object]) -> dict[str, bytes]:
    """Seal those of the values that stand in sealed columns; a SNILS gets its blind index too."""
    sealed = {
        name: vault.seal(key, f"persons.{name}", key.subject, _plain(values[name]))
        for name in SEALED
        if values.get(name) is not None
    }
    if "snils" in sealed:
        sealed["snils_index"] = vault.blind_index("snils", str(values["snils"]))
    return sealed


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def load_persons(
    connection: Connection, vault: Vault, ids: Collection[UUID] | Select[tuple[UUID]]
) -> dict[UUID, Person]:
    """Read and open persons with their contacts; three statements, however many they are.

    Who was erased is not in the answer.
    """
    keys = vault.keys_of(connection, ids)
    held = contacts_of(connection, vault, keys, ids)
    rows = connection.execute(select(persons).where(_chosen(connection, persons.c.id, ids)))
    return {row.id: _opened(vault, keys[row.id], row, held.get(row.id, {})) for row in rows if row.id in keys}


def contacts_of(
    connection: Connection,
    vault: Vault,
    keys: Mapping[UUID, SubjectKey],
    ids: Collection[UUID] | Select[tuple[UUID]],
) -> dict[UUID, dict[ContactKind, Contact]]:
    """Read and open the contacts of persons; one statement."""
    found: dict[UUID, dict[ContactKind, Contact]] = {}
    for row in connection.execute(select(contacts).where(_chosen(connection, contacts.c.person_id, ids))):
        key = keys.get(row.person_id)
        if key is not None:
            found.setdefault(row.person_id, {})[ContactKind(row.kind)] = _contact(vault, key, row)
    return found


def _chosen(connection: Connection, column: Any, ids: Collection[UUID] | Select[tuple[UUID]]) -> Any:  # noqa: ANN401 - SQL
    return column.in_(ids) if isinstance(ids, Select) else among(connection, column, ids)


def _contact(vault: Vault, key: SubjectKey, row: Row[Any]) -> Contact:
    return Contact(
        row.id,
        ContactKind(row.kind),
        vault.open_text(key, "contacts.value", row.id, row.value),
        Source(row.source),
        row.confirmed_at,
        Confirmed(row.confirmed_how) if row.confirmed_how else None,
        row.changed_by_staff_at,
        row.version,
    )


def _opened(vault: Vault, key: SubjectKey, row: Row[Any], held: Mapping[ContactKind, Contact]) -> Person:
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
        held.get(ContactKind.PHONE),
        held.get(ContactKind.EMAIL),
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


def change_person(
    connection: Connection, vault: Vault, before: Person, values: Mapping[str, object]
) -> Person:
    """Change fields of a person (None takes a value away) and count his version up.

    Raises:
        ConflictError: somebody changed him meanwhile, or the SNILS belongs to somebody else.
    """
    key = vault.key_of(connection, before.id)
    columns: dict[str, Any] = {name: values[name] for name in (*NAMES, *SEALED) if name in values}
    if "snils" in values and values["snils"] is None:
        columns["snils_index"] = None
    columns |= sealed_fields(vault, key, values)
    names = {name: columns.get(name, getattr(before, name)) for name in NAMES}
    _hit(
        connection,
        update(persons)
        .where(persons.c.id == before.id, persons.c.version == before.version)
        .values(**columns, sort_key=_sort_key(names), version=before.version + 1),
    )
    return get_person(connection, vault, before.id)


def change_contact(
    connection: Connection, contact_id: UUID, version: int, values: Mapping[str, object]
) -> None:
    """Change columns of a contact and count its version up.

    Raises:
        ConflictError: somebody changed it meanwhile, or the value belongs to somebody else.
    """
    _hit(
        connection,
        update(contacts)
        .where(contacts.c.id == contact_id, contacts.c.version == version)
        .values(**values, version=version + 1),
    )


def remove_contact(connection: Connection, contact_id: UUID) -> None:
    """Take a contact away."""
    connection.execute(delete(contacts).where(contacts.c.id == contact_id))


def _hit(connection: Connection, statement: Any) -> None:  # noqa: ANN401 - an update
    try:
        changed = connection.execute(statement).rowcount
    except IntegrityError:
        raise taken() from None
    if changed != 1:
        raise ConflictError(
            N_("Запись тем временем изменил кто-то другой. Откройте её снова и повторите."), code="changed"
        )


def find_by_snils(connection: Connection, vault: Vault, numbers: Iterable[str]) -> dict[str, UUID]:
    """Find who holds which of these SNILS; one statement for every ten thousand."""
    indexes = {vault.blind_index("snils", number): number for number in numbers}
    query = _in_parts(connection, indexes, lambda part: _by_snils.where(persons.c.snils_index.in_(part)))
    return {indexes[row.snils_index]: row.id for row in query}


def find_holders(
    connection: Connection, vault: Vault, wanted: Iterable[tuple[ContactKind, str]]
) -> dict[tuple[ContactKind, str], UUID]:
    """Find who holds which of these contacts (given by their keys); one statement for every ten thousand."""
    indexes = {vault.blind_index(kind.value, key): (kind, key) for kind, key in wanted}
    query = _in_parts(connection, indexes, lambda part: _by_contact.where(contacts.c.value_index.in_(part)))
    return {indexes[row.value_index]: row.person_id for row in query}


_by_snils = select(persons.c.id, persons.c.snils_index)
_by_contact = select(contacts.c.person_id, contacts.c.value_index)


def _in_parts(
    connection: Connection, indexes: Mapping[bytes, object], query: Callable[[list[bytes]], "Select[Any]"]
) -> Iterable[Row[Any]]:
    listed = list(indexes)
    for start in range(0, len(listed), _AT_ONCE):
        yield from connection.execute(query(listed[start : start + _AT_ONCE]))
