"""The rows of one event, written in as few statements as the database allows.

PostgreSQL takes them all in one statement with several inserts: a round trip costs more than the rows do.
SQLite has no such statement and no round trips.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Insert, Table, bindparam, insert

from registry.trail.models import trail_event, trail_object, trail_opening, trail_queue

Values = Mapping[str, Any]

MOST_TOGETHER = 8
"""Openings in one statement; an entry about more persons (a roster) writes them apart."""

# Inline: nobody asks for the keys of the new rows, and finding them out costs more than the row.
_add_event = insert(trail_event).inline()
_add_queue = insert(trail_queue).inline()
_add_opening = insert(trail_opening).inline()
_add_object = insert(trail_object).inline()


@dataclass(frozen=True, slots=True)
class Beside:
    """A row of the change itself, to be written with the rows of its event."""

    table: Table
    row: Values


@dataclass(frozen=True, slots=True)
class Along:
    """What goes along with a leaf: openings, the head of a beginning object, a row of the change itself."""

    openings: Sequence[Values] = ()
    head: Values | None = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class EventRows:
    """One event: its leaf, and what goes along."""

    event_id: UUID
    tenant: UUID | None
    leaf: bytes
    leaf_hash: bytes
    along: Along

    @property
    def event(self) -> Values:
        """Row of `trail_event`."""
        return {"event_id": self.event_id, "tenant": self.tenant, "leaf": self.leaf}

    @property
    def queue(self) -> Values:
        """Row of `trail_queue`."""
        return {"event_id": self.event_id, "leaf_hash": self.leaf_hash}


def write_rows(connection: Connection, rows: EventRows) -> None:
    """Write the rows of an event."""
    along = rows.along
    if connection.dialect.name == "postgresql" and len(along.openings) <= MOST_TOGETHER:
        _write_together(connection, rows)
        return
    if along.beside:
        connection.execute(_add(along.beside.table), along.beside.row)
    if along.head:
        connection.execute(_add_object, along.head)
    connection.execute(_add_event, rows.event)
    if along.openings:
        connection.execute(_add_opening, along.openings)
    connection.execute(_add_queue, rows.queue)


def write_many(connection: Connection, events: Sequence[EventRows]) -> None:
    """Write the rows of several events, table by table; PostgreSQL's driver sends each as one stream."""
    for one in events:
        if one.along.beside:
            connection.execute(_add(one.along.beside.table), one.along.beside.row)
    _all(connection, _add_object, [one.along.head for one in events if one.along.head])
    _all(connection, _add_event, [one.event for one in events])
    _all(connection, _add_opening, [opening for one in events for opening in one.along.openings])
    _all(connection, _add_queue, [one.queue for one in events])


def _all(connection: Connection, statement: Insert, rows: Sequence[Values]) -> None:
    if rows:
        connection.execute(statement, rows)


def _write_together(connection: Connection, rows: EventRows) -> None:
    along = rows.along
    values = _named("event", rows.event) | _named("queue", rows.queue) | _named("head", along.head or {})
    for number, opening in enumerate(along.openings):
        values |= _named(f"opening{number}", opening)
    if along.beside:
        values |= _named("beside", along.beside.row)
    beside = along.beside.table if along.beside else None
    connection.execute(_together(len(along.openings), along.head is not None, beside), values)


@cache
def _add(table: Table) -> Insert:
    return insert(table).inline()


@cache
def _together(openings: int, head: bool, beside: Table | None) -> Insert:  # noqa: FBT001 - a key of the cache
    """The one statement for so many openings, with or without a new head, and a row of another table."""
    parts = [insert(trail_queue).values(_places(trail_queue, "queue", "qid"))]
    # An insert of several rows would be compiled anew each time: so one insert a row.
    parts += [insert(trail_opening).values(_places(trail_opening, f"opening{n}")) for n in range(openings)]
    if head:
        parts.append(insert(trail_object).values(_places(trail_object, "head", "pre")))
    if beside is not None:
        parts.append(insert(beside).values(_places(beside, "beside")))
    whole = insert(trail_event).inline().values(_places(trail_event, "event"))
    for number, part in enumerate(parts):
        whole = whole.add_cte(part.cte(f"part{number}"))
    return whole


def _places(table: Table, prefix: str, *without: str) -> dict[str, Any]:
    return {
        column.name: bindparam(f"{prefix}_{column.name}", type_=column.type)
        for column in table.c
        if column.name not in without
    }


def _named(prefix: str, row: Values) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in row.items()}
