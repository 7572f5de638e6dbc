"""Destructions that were asked for and done; ids and words of staff, nothing of the person."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Table, Text, Uuid, insert, select, update

from registry.errors import N_, NotFoundError
from registry.rights.rules import Erasure
from registry.storage.schema import UtcDateTime, metadata

erasures = Table(
    "erasures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("ordered", Text, nullable=False),
    Column("approved_by", Uuid),
    Column("done_at", UtcDateTime),
    Index("ix_erasures_person", "person_id"),
)


def add(connection: Connection, erasure: Erasure) -> None:
    """Write down what was asked for."""
    connection.execute(insert(erasures).values(**asdict(erasure)))


def hold(connection: Connection, erasure_id: UUID) -> Erasure:
    """Read one that nobody else may change until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(select(erasures).where(erasures.c.id == erasure_id).with_for_update()).first()
    if row is None:
        raise NotFoundError(N_("Такого запроса на уничтожение нет."))
    return Erasure(*row)


def finish(connection: Connection, erasure_id: UUID, approved_by: UUID, now: datetime) -> None:
    """Write down who approved it and when it was done."""
    done = update(erasures).where(erasures.c.id == erasure_id)
    connection.execute(done.values(approved_by=approved_by, done_at=now))


def every(connection: Connection) -> list[Erasure]:
    """List all of them, in the order in which they were asked for."""
    return [Erasure(*row) for row in connection.execute(select(erasures).order_by(erasures.c.id))]
