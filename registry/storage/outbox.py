"""The outbox: promises made in the transaction of a change and kept by a worker after it.

An open promise has a `due_at`; a kept or given-up one has none. Claiming moves `due_at` ahead by the lease,
so that a promise whose worker died comes up again by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Row,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    bindparam,
    insert,
    select,
    update,
)

from registry.storage.queries import among
from registry.storage.schema import Json, JsonText, UtcDateTime, metadata

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 48
LONGEST_PAUSE = timedelta(minutes=30)

promises = Table(
    "promises",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("job", String(80), nullable=False),
    Column("arguments", JsonText, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("due_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Column("last_error", Text),
    Index("ix_promises_lane_due_at", "lane", "due_at"),
)


class Lane(IntEnum):
    """Who waits for a promise: somebody before a page (a code by letter), or nobody in particular."""

    AWAITED = 0
    ORDINARY = 1


@dataclass(frozen=True, slots=True)
class Due:
    """When a promise may be kept, and how soon it should."""

    at: datetime
    lane: Lane = Lane.ORDINARY


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised job: ids only in its arguments; `attempts` counts this try too."""

    id: UUID
    job: str
    arguments: Mapping[str, Json]
    attempts: int


_add = insert(promises)


def promise(
    connection: Connection, promise_id: UUID, job: str, due: Due, arguments: Mapping[str, Json]
) -> None:
    """Write a promise down in the transaction of the change that needs it."""
    row = {"id": promise_id, "job": job, "arguments": arguments, "attempts": 0}
    connection.execute(_add, {**row, "due_at": due.at, "lane": due.lane})


_due = (
    select(promises)
    .where(promises.c.lane == bindparam("lane"), promises.c.due_at <= bindparam("now"))
    .order_by(promises.c.due_at, promises.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def claim(connection: Connection, now: datetime, limit: int) -> list[Promise]:
    """Take promises that are due, first those that somebody waits for, then the longest waiting.

    Nobody else gets them within the lease.
    """
    rows: list[Row[*tuple[Any, ...]]] = []
    for lane in Lane:
        if len(rows) < limit:
            rows += connection.execute(_due, {"lane": lane, "now": now, "most": limit - len(rows)}).all()
    if rows:
        connection.execute(
            update(promises)
            .where(among(connection, promises.c.id, [row.id for row in rows]))
            .values(due_at=now + LEASE, attempts=promises.c.attempts + 1)
        )
    return [Promise(row.id, row.job, row.arguments, row.attempts + 1) for row in rows]


_held = select(promises.c.done_at).where(promises.c.id == bindparam("promise")).with_for_update()
_settle = (
    update(promises)
    .where(promises.c.id == bindparam("promise"))
    .values(done_at=bindparam("now"), due_at=None, last_error=None)
)


def begin(connection: Connection, promise_id: UUID) -> bool:
    """Hold a claimed promise inside the job's own transaction; false when it was kept meanwhile."""
    row = connection.execute(_held, {"promise": promise_id}).first()
    return row is not None and row.done_at is None


def settle(connection: Connection, promise_id: UUID, now: datetime) -> None:
    """Note that a promise was kept, in the transaction of its effect."""
    connection.execute(_settle, {"promise": promise_id, "now": now})


def postpone(
    connection: Connection, kept: Promise, now: datetime, error: str, least: timedelta = timedelta(0)
) -> None:
    """Note a failed try: again after a growing pause, or given up and shown after the last one.

    Quiet when the promise is settled: a try whose commit was never confirmed may have been kept after all.

    Args:
        connection: of a transaction of its own.
        kept: the promise as claimed.
        now: aware UTC.
        error: the class and code of what went wrong; no person's data.
        least: a pause that was asked for by whoever could not do it now.
    """
    pause = max(min(timedelta(seconds=2**kept.attempts), LONGEST_PAUSE), least)
    gave_up = kept.attempts >= MOST_ATTEMPTS
    connection.execute(
        update(promises)
        .where(promises.c.id == kept.id, promises.c.done_at.is_(None))
        .values(
            due_at=None if gave_up else now + pause,
            failed_at=now if gave_up else None,
            last_error=error[:500],
        )
    )


def again(connection: Connection, promise_id: UUID, now: datetime) -> None:
    """Open a given-up promise once more, with fresh tries."""
    connection.execute(
        update(promises)
        .where(promises.c.id == promise_id, promises.c.done_at.is_(None))
        .values(due_at=now, failed_at=None, attempts=0)
    )


def waiting(connection: Connection) -> list[Promise]:
    """List the promises that were given up, for the people who look after the registry."""
    rows = connection.execute(select(promises).where(promises.c.failed_at.is_not(None)))
    return [Promise(row.id, row.job, row.arguments, row.attempts) for row in rows]
