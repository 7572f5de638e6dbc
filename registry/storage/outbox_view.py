"""What is seen of promises from outside: which ones nobody took, and how those that are open stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select

from registry.storage.outbox import Lane, promises

_OF_ANY_LANE = promises.c.lane.in_(list(Lane))
"""Lets the index of lanes and due times answer for all lanes."""


class Standing(StrEnum):
    """How an open promise stands."""

    GIVEN_UP = "given-up"
    FAILING = "failing"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """A promise that is not kept yet.

    Attributes:
        due_at: of the next try; none when it was given up.
        attempts: tries so far.
        failed_at: when it was given up.
        last_error: class and code of what went wrong last.
    """

    id: UUID
    job: str
    lane: Lane
    due_at: datetime | None
    attempts: int
    failed_at: datetime | None
    last_error: str | None

    @property
    def standing(self) -> Standing:
        """Say how it stands."""
        if self.due_at is None:
            return Standing.GIVEN_UP
        return Standing.WAITING if self.last_error is None else Standing.FAILING

    @property
    def made_at(self) -> datetime:
        """When it was promised: ids begin with their time."""
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, UTC)


_STANDS: Mapping[Standing, ColumnElement[bool]] = {
    Standing.GIVEN_UP: promises.c.failed_at.is_not(None),
    Standing.FAILING: and_(_OF_ANY_LANE, promises.c.due_at.is_not(None), promises.c.last_error.is_not(None)),
    Standing.WAITING: and_(_OF_ANY_LANE, promises.c.due_at.is_not(None), promises.c.last_error.is_(None)),
}
_shown = select(
    promises.c.id,
    promises.c.job,
    promises.c.lane,
    promises.c.due_at,
    promises.c.attempts,
    promises.c.failed_at,
    promises.c.last_error,
)


def untaken(
    connection: Connection, lane: Lane, since: datetime | None, until: datetime, limit: int
) -> list[UUID]:
    """Name promises of a lane that became due in (since, until] and that nobody took, the oldest first."""
    query = select(promises.c.id).where(promises.c.lane == lane, promises.c.due_at <= until)
    if since is not None:
        query = query.where(promises.c.due_at > since)
    return list(connection.scalars(query.order_by(promises.c.due_at, promises.c.id).limit(limit)))


def counts(connection: Connection) -> dict[Standing, int]:
    """Count the open promises by how they stand."""
    asked = [_counted(standing).scalar_subquery() for standing in Standing]
    return dict(zip(Standing, connection.execute(select(*asked)).one(), strict=True))


def _counted(standing: Standing) -> Select[int]:
    return select(func.count()).select_from(promises).where(_STANDS[standing])


def listed(
    connection: Connection, standing: Standing, after: UUID | None, limit: int
) -> Sequence[OpenPromise]:
    """List promises that stand so, in the order in which they were made."""
    query = _shown.where(_STANDS[standing])
    if after is not None:
        query = query.where(promises.c.id > after)
    rows = connection.execute(query.order_by(promises.c.id).limit(limit))
    return [_read(row) for row in rows]


def find(connection: Connection, promise_id: UUID) -> OpenPromise | None:
    """Find a promise that is not kept yet, and hold it until the transaction ends."""
    held = _shown.where(promises.c.id == promise_id, promises.c.done_at.is_(None)).with_for_update()
    row = connection.execute(held).first()
    return None if row is None else _read(row)


def _read(row: Row[*tuple[Any, ...]]) -> OpenPromise:
    return OpenPromise(
        row.id, row.job, Lane(row.lane), row.due_at, row.attempts, row.failed_at, row.last_error
    )
