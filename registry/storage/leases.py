"""Leases: what only one process of an installation should do at a time is held for some seconds, and renewed.

A lease saves work that would be done twice. It is no lock: clocks of machines differ, and a process may sleep
through the end of its lease; whatever is done under one must bear being done by two.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, Connection, String, Table, Uuid, delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from registry.storage.schema import UtcDateTime, metadata

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", Uuid, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)


def take(connection: Connection, name: str, holder: UUID, now: datetime, length: timedelta) -> bool:
    """Take a free lease or renew one's own; false while somebody else holds it."""
    ours = {"holder": holder, "until": now + length}
    own_dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = own_dialect.insert(leases).values(name=name, **ours)
    free = or_(leases.c.holder == holder, leases.c.until < now)
    taken = statement.on_conflict_do_update(index_elements=["name"], set_=ours, where=free)
    return connection.execute(taken.returning(leases.c.name)).first() is not None


def give_back(connection: Connection, name: str, holder: UUID) -> None:
    """End one's own lease before its time."""
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
