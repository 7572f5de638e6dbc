"""Finding by blind index who holds a number or a contact; claims of what somebody else holds."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select

from registry.people.contacts import ContactKind
from registry.people.models.tables import collisions, contacts, persons
from registry.storage.queries import batched, hold
from registry.storage.vault import Vault

_METER = "collisions"
_AT_ONCE = 10_000  # a statement takes that many values on both databases


def find_by_snils(connection: Connection, vault: Vault, numbers: Iterable[str]) -> dict[str, UUID]:
    """Find who holds which of these SNILS; one statement for every ten thousand."""
    found: dict[str, UUID] = {}
    for part in batched(numbers, _AT_ONCE):
        indexes = {vault.blind_index("snils", number): number for number in part}
        rows = connection.execute(_by_snils, {"indexes": list(indexes)})
        found |= {indexes[row.snils_index]: row.id for row in rows}
    return found


def find_holders(
    connection: Connection, vault: Vault, wanted: Iterable[tuple[ContactKind, str]]
) -> dict[tuple[ContactKind, str], UUID]:
    """Find who holds which of these contacts (given by their keys); one statement for every ten thousand."""
    found: dict[tuple[ContactKind, str], UUID] = {}
    for part in batched(wanted, _AT_ONCE):
        indexes = {vault.blind_index(kind.value, key): (kind, key) for kind, key in part}
        rows = connection.execute(_by_contact, {"indexes": list(indexes)})
        found |= {indexes[row.value_index]: row.person_id for row in rows}
    return found


_listed: BindParameter[bytes] = bindparam("indexes", expanding=True)
_by_snils = select(persons.c.id, persons.c.snils_index).where(persons.c.snils_index.in_(_listed))
_by_contact = select(contacts.c.person_id, contacts.c.value_index).where(contacts.c.value_index.in_(_listed))


def add_collisions(connection: Connection, claims: list[dict[str, object]]) -> None:
    """Store claims of what somebody else holds, given by their columns."""
    if claims:
        connection.execute(insert(collisions), claims)


def count_collisions(connection: Connection, claimed_by: UUID | None, since: datetime) -> int:
    """Count how often somebody met what others hold; he meets nothing more until the transaction ends."""
    hold(connection, _METER, claimed_by or UUID(int=0))
    query = select(func.count()).select_from(collisions)
    mine = query.where(collisions.c.claimed_by == claimed_by, collisions.c.claimed_at >= since)
    return int(connection.execute(mine).scalar_one())
