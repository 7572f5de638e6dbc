"""Pieces of SQL that both databases understand in their own way."""

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import String, Uuid

FEW = 200
"""Up to so many ids stand in the statement itself, which the engine keeps compiled."""

Value = TypeVar("Value")


def batched(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """Give many values in lists of at most `size`, so that a long list costs no more memory than a part."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def drained(values: list[Value]) -> Iterator[Value]:
    """Give the values of a list in order, and let each go: what is made of them takes their room."""
    values.reverse()
    while values:
        yield values.pop()


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


class Lookup:
    """A select of rows by ids, built once; short lists keep their compiled statement."""

    def __init__(self, query: Select[*tuple[Any, ...]], column: KeyedColumnElement[UUID]) -> None:
        self._query = query
        self._column = column
        self._few = query.where(column.in_(bindparam("ids", expanding=True)))

    def rows(self, connection: Connection, ids: Collection[UUID]) -> list[Row[*tuple[Any, ...]]]:
        """Read the rows of these ids, in one statement."""
        if not ids:
            return []
        if len(ids) <= FEW:
            return list(connection.execute(self._few, {"ids": list(ids)}))
        return list(connection.execute(self._query.where(among(connection, self._column, ids))))


_number: BindParameter[int] = bindparam("number", type_=BigInteger)
_hold = select(func.pg_advisory_xact_lock(_number))
SHARING = func.pg_advisory_xact_lock_shared(_number)
_share = select(SHARING)

Shared = tuple[str, UUID]
"""A lock that one transaction shares with others: its room and its key."""


def hold(connection: Connection, room: str, key: UUID) -> None:
    """Keep everyone else who shares or holds this key waiting until the transaction ends.

    SQLite has one writer at a time already; PostgreSQL takes a transaction's advisory lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_hold, {"number": _lock_number(room, key)})


def share(connection: Connection, room: str, key: UUID) -> None:
    """Let others share this key, but wait for who holds it, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_share, sharing((room, key)))


def sharing(shared: Shared) -> dict[str, int]:
    """Give what `SHARING` is to be executed with, in a statement that does something else as well."""
    return {"number": _lock_number(*shared)}


def _lock_number(room: str, key: UUID) -> int:
    mixed = key.int ^ int.from_bytes(room.encode()[:8].ljust(8, b"\0"))
    number = (mixed >> 64) ^ (mixed & 0xFFFF_FFFF_FFFF_FFFF)
    return number - (1 << 63)
