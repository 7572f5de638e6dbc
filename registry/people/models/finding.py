"""Finding by blind index who holds a number or a contact; claims of what somebody else holds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, select

from registry.people.contacts import ContactKind
from registry.people.models.tables import collisions, contacts, persons
from registry.storage.vault import Vault

_AT_ONCE = 10_000  # a statement takes that many values on both databases


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
) -> Iterable[Row[*tuple[Any, ...]]]:
    listed = list(indexes)
    for start in range(0, len(listed), _AT_ONCE):
        yield from connection.execute(query(listed[start : start + _AT_ONCE]))


def add_collisions(connection: Connection, claims: list[dict[str, object]]) -> None:
    """Store claims of what somebody else holds, given by their columns."""
    if claims:
        connection.execute(insert(collisions), claims)


def count_collisions(connection: Connection, claimed_by: UUID | None, since: datetime) -> int:
    """Count how often somebody met what others hold."""
    query = select(func.count()).select_from(collisions)
    mine = query.where(collisions.c.claimed_by == claimed_by, collisions.c.claimed_at >= since)
    return int(connection.execute(mine).scalar_one())
