"""The versions of the master key that came after the first: when each began to seal and what followed.

The keys themselves stand in the ring and never in the database; a mark tells whether two rings mean the same.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, SmallInteger, String, Table, Text, insert, select, update

from registry.storage.keyring import KeyRing
from registry.storage.schema import UtcDateTime, metadata

data_keys = Table(
    "data_keys",
    metadata,
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("mark", String(32), nullable=False),
    Column("why", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("resealed_at", UtcDateTime),
    Column("alone_since", UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A version of the master key.

    Attributes:
        version: from 2; the first one is as old as the installation and has no row.
        mark: the same wherever the key is the same; of no use to find it.
        why: what the operator said.
        began_at: from when on it seals.
        resealed_at: since when nothing stood under an older one; None while that is under way.
        alone_since: when the older ones were dropped from the ring.
    """

    version: int
    mark: str
    why: str
    began_at: datetime
    resealed_at: datetime | None = None
    alone_since: datetime | None = None

    @property
    def revision(self) -> int:
        """How many facts the trail has of it."""
        return 1 + (self.resealed_at is not None) + (self.alone_since is not None)


def mark_of(ring: KeyRing, version: int) -> str:
    """Mark a master key."""
    return hmac.digest(ring.masters[version], b"registry-data-key", "sha256").hex()[:32]


def every(connection: Connection) -> list[DataKey]:
    """List the versions in their order."""
    rows = connection.execute(select(data_keys).order_by(data_keys.c.version)).all()
    return [DataKey(*row) for row in rows]


def add(connection: Connection, key: DataKey) -> None:
    """Write a version down."""
    columns = {name: getattr(key, name) for name in ("version", "mark", "why", "began_at")}
    connection.execute(insert(data_keys).values(columns))


def note(connection: Connection, version: int, **times: Any) -> None:  # noqa: ANN401 - columns by their names
    """Write down when something came about."""
    connection.execute(update(data_keys).where(data_keys.c.version == version).values(times))
