"""The table of keys, and its queries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    Uuid,
    insert,
    select,
    update,
)
from sqlalchemy import text as sql

from registry.errors import N_, NotFoundError
from registry.keys.rules import Asked, Key, Kind, State
from registry.storage.queries import hold as hold_lock
from registry.storage.schema import JsonText, UtcDateTime, metadata

LOCK = UUID(int=0x6B657973)
"""One change of keys at a time: they are few and rare."""

keys = Table(
    "openpgp_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("owner", String(300), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", String(40), unique=True),
    Column("public_key", Text),
    Column("revoked_key", Text),
    Column("valid_from", UtcDateTime),
    Column("valid_until", UtcDateTime),
    Column("follows", Uuid),
    Column("statement", JsonText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Uuid),
    Column("why", String(300), nullable=False),
    Column("asked", String(16)),
    Column("asked_by", Uuid),
    Column("asked_at", UtcDateTime),
    Column("asked_why", String(300)),
    Column("active_from", UtcDateTime),
    Column("counts_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("ended_why", String(300)),
    Column("warned", Integer),
    Index(
        "uq_openpgp_keys_active",
        "kind",
        "owner",
        unique=True,
        sqlite_where=sql("state = 'active'"),
        postgresql_where=sql("state = 'active'"),
    ),
    Index(
        "uq_openpgp_keys_pending",
        "kind",
        "owner",
        unique=True,
        sqlite_where=sql("state = 'pending'"),
        postgresql_where=sql("state = 'pending'"),
    ),
)


def hold(connection: Connection) -> None:
    """Keep others from changing keys until the transaction ends."""
    hold_lock(connection, "keys", LOCK)


def add(connection: Connection, values: Mapping[str, object]) -> None:
    """Store a new key."""
    connection.execute(insert(keys).values(**values))


def get(connection: Connection, key_id: UUID) -> Key:
    """Read one key.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(select(keys).where(keys.c.id == key_id)).first()
    if row is None:
        raise NotFoundError(N_("Такого ключа нет."), code="no-key")
    return _key(row)


def find(connection: Connection, fingerprint: str) -> Key | None:
    """Find the key with this fingerprint."""
    row = connection.execute(select(keys).where(keys.c.fingerprint == fingerprint)).first()
    return None if row is None else _key(row)


def in_state(connection: Connection, kind: Kind, owner: str, state: State) -> Key | None:
    """Find an owner's active or pending key, of which there is one at most."""
    where = (keys.c.kind == kind.value, keys.c.owner == owner, keys.c.state == state.value)
    row = connection.execute(select(keys).where(*where).order_by(keys.c.created_at.desc())).first()
    return None if row is None else _key(row)


def of_owner(connection: Connection, kind: Kind, owner: str) -> list[Key]:
    """List an owner's keys, the newest first."""
    query = select(keys).where(keys.c.kind == kind.value, keys.c.owner == owner)
    return [
        _key(row) for row in connection.execute(query.order_by(keys.c.created_at.desc(), keys.c.id.desc()))
    ]


def every(connection: Connection) -> list[Key]:
    """List all keys: by kind and owner, the newest of an owner first."""
    query = select(keys).order_by(keys.c.kind, keys.c.owner, keys.c.created_at.desc(), keys.c.id.desc())
    return [_key(row) for row in connection.execute(query)]


def active(connection: Connection) -> list[Key]:
    """List the keys in use."""
    return [one for one in every(connection) if one.state is State.ACTIVE]


def expiring(connection: Connection, before: datetime) -> list[Key]:
    """List the keys in use whose own end comes before a moment."""
    query = select(keys).where(keys.c.state == State.ACTIVE.value, keys.c.valid_until <= before)
    return [_key(row) for row in connection.execute(query)]


def change(connection: Connection, before: Key, **values: object) -> Key:
    """Change a key and count its version up."""
    connection.execute(
        update(keys).where(keys.c.id == before.id).values(**values, version=before.version + 1)
    )
    return get(connection, before.id)


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    values: dict[str, Any] = {
        **row._mapping,  # noqa: SLF001 - its documented name
        "kind": Kind(row.kind),
        "state": State(row.state),
        "asked": Asked(row.asked) if row.asked else None,
    }
    return Key(**values)
