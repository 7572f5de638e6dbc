"""The outbox: promises made in the transaction of a change and kept by a worker after it.

An open promise has a `due_at`; a kept or given-up one has none. Claiming moves `due_at` ahead by the lease,
so that a promise whose worker died comes up again by itself. What is seen of promises from outside stands in
`registry.storage.outbox_view`.
"""

from collections.abc import Collection, Mapping, Sequence
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
    text,
    update,
)

from registry.storage.failpoints import reach
from registry.storage.queries import among
from registry.storage.schema import Json, JsonText, UtcDateTime, metadata

LEASE = timedelta(seconds=30)
"""Renewed while a worker lives (jobs/leases.py); short, so that what a dead one had in hand waits little."""
CLOCKS_APART = timedelta(seconds=2)
"""So far may the clocks of two machines differ without a promise being taken for one that is not due yet."""

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
    Index(
        "ix_promises_failed_at",
        "failed_at",
        sqlite_where=text("failed_at IS NOT NULL"),
        postgresql_where=text("failed_at IS NOT NULL"),
    ),
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
class Promised:
    """A job to be promised together with others: ids only in its arguments."""

    job: str
    arguments: Mapping[str, Json]


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
    connection.execute(_add, _row(promise_id, Promised(job, arguments), due))


def promise_many(
    connection: Connection, ids: Sequence[UUID], promised: Sequence[Promised], now: datetime
) -> None:
    """Write promises down that are due now, all in one statement."""
    due = Due(now)
    rows = [_row(promise_id, one, due) for promise_id, one in zip(ids, promised, strict=True)]
    if rows:
        connection.execute(_add, rows)


def _row(promise_id: UUID, said: Promised, due: Due) -> dict[str, Any]:
    row = {"id": promise_id, "job": said.job, "arguments": said.arguments, "attempts": 0}
    return {**row, "due_at": due.at, "lane": due.lane}


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


def renew(connection: Connection, held: Collection[UUID], now: datetime) -> None:
    """Move the leases of promises ahead that a living worker has in hand."""
    connection.execute(
        update(promises)
        .where(among(connection, promises.c.id, held), promises.c.due_at.is_not(None))
        .values(due_at=now + LEASE)
    )


_take = (
    update(promises)
    .where(promises.c.id == bindparam("promise"), promises.c.due_at <= bindparam("now"))
    .values(due_at=bindparam("until"), attempts=promises.c.attempts + 1)
    .returning(promises.c.id, promises.c.job, promises.c.arguments, promises.c.attempts)
)


def take(connection: Connection, promise_id: UUID, now: datetime) -> Promise | None:
    """Claim one promise by its id; none when it is not due: taken by somebody, kept, given up, or unknown."""
    said = {"promise": promise_id, "now": now + CLOCKS_APART, "until": now + LEASE}
    row = connection.execute(_take, said).first()
    return None if row is None else Promise(row.id, row.job, row.arguments, row.attempts)


_held = select(promises.c.done_at).where(promises.c.id == bindparam("promise")).with_for_update()
_settle = (
    update(promises)
    .where(promises.c.id == bindparam("promise"))
    .values(done_at=bindparam("now"), due_at=None, failed_at=None, last_error=None)
)


def begin(connection: Connection, promise_id: UUID) -> bool:
    """Hold a claimed promise inside the job's own transaction; false when it was kept meanwhile."""
    row = connection.execute(_held, {"promise": promise_id}).first()
    return row is not None and row.done_at is None


def settle(connection: Connection, promise_id: UUID, now: datetime) -> None:
    """Note that a promise was kept, in the transaction of its effect."""
    connection.execute(_settle, {"promise": promise_id, "now": now})


@dataclass(frozen=True, slots=True)
class Failure:
    """How a try went wrong.

    Attributes:
        error: the class and code of what went wrong; no person's data.
        pause: until the next try; none when the promise is given up.
    """

    error: str
    pause: timedelta | None


def postpone(connection: Connection, promise_id: UUID, now: datetime, failure: Failure) -> None:
    """Note a failed try: again after a pause, or given up and shown after the last one.

    What somebody else kept meanwhile, when a lease ran out under a stopped process, stays kept.
    """
    again_at = None if failure.pause is None else now + failure.pause
    connection.execute(
        update(promises)
        .where(promises.c.id == promise_id, promises.c.done_at.is_(None))
        .values(due_at=again_at, failed_at=now if again_at is None else None, last_error=failure.error[:500])
    )
    reach("promise.postponed")


def again(connection: Connection, promise_id: UUID, now: datetime) -> bool:
    """Make a promise due now with fresh tries, one that was given up too; false when it was kept."""
    changed = connection.execute(
        update(promises)
        .where(promises.c.id == promise_id, promises.c.done_at.is_(None))
        .values(due_at=now, failed_at=None, attempts=0)
    )
    return changed.rowcount == 1
