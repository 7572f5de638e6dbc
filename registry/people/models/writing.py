"""Writing persons and contacts: sealed on the way in, unique by blind index, changed by version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import IntegrityError

from registry.errors import N_, ConflictError
from registry.people.contacts import ContactKind, contact_key
from registry.people.models.persons import NAMES, SEALED, Person, Source
from registry.people.models.tables import contacts, past_contacts, persons
from registry.people.names import sort_key
from registry.storage.vault import SubjectKey, Vault


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be added: plain values, sealed on the way in."""

    id: UUID
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to be added; one that the trail tells of by itself begins at version 1."""

    id: UUID
    person_id: UUID
    kind: ContactKind
    value: str
    source: Source
    version: int = 0


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
            "version": one.version,
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
    return replace(before, **values, version=before.version + 1)  # type: ignore[arg-type]  # names of fields


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


def keep_past_contact(connection: Connection, past: Mapping[str, object]) -> None:
    """Store what a contact was, given by its columns."""
    connection.execute(insert(past_contacts).values(**past))
