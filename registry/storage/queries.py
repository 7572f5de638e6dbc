"""Pieces of SQL that both databases understand in their own way."""

import json
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import String, Uuid

FEW = 200
"""Up to so many ids stand in the statement itself, which the engine keeps compiled."""


def among(
    connection: Connection, column: KeyedColumnElement[UUID], ids: Collection[UUID]
) -> ColumnElement[bool]:
    """Say "the column is one of these ids" in one statement, however many they are."""
    if len(ids) <= FEW:
        return column.in_(list(ids))
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(ids), type_=ARRAY(Uuid)))
    listed = func.json_each(json.dumps([one.hex for one in ids])).table_valued("value")
    return column.in_(select(listed.c.value.cast(String)))


def hold(connection: Connection, room: str, key: UUID) -> None:
    """Keep everyone else who shares or holds this key waiting until the transaction ends.

    SQLite has one writer at a time already; PostgreSQL takes a transaction's advisory lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_lock_number(room, key))))


def share(connection: Connection, room: str, key: UUID) -> None:
    """Let others share this key, but wait for who holds it, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(_lock_number(room, key))))


def _lock_number(room: str, key: UUID) -> int:
    mixed = key.int ^ int.from_bytes(room.encode()[:8].ljust(8, b"\0"))
    number = (mixed >> 64) ^ (mixed & 0xFFFF_FFFF_FFFF_FFFF)
    return number - (1 << 63)
