"""Answers kept for requests that may be sent twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Insert,
    Integer,
    LargeBinary,
    String,
    Table,
    and_,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from registry.storage.schema import SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_master

LONGEST_KEY: Final = 64

idempotency_answers = Table(
    "idempotency_answers",
    metadata,
    Column("scope", LargeBinary(32), primary_key=True),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("status", Integer),
    Column("location", String(500)),
    Column("content_type", String(100)),
    Column("body", SealedBytes, info=under_master("idempotency_answers.body", row="")),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_idempotency_answers_created_at", "created_at"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it is recognised again: whose and of which route, its key, and what it says."""

    scope: bytes
    key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a call; the body is sealed."""

    status: int
    location: str | None
    content_type: str | None
    body: bytes | None


# Built once: it runs with nearly every changing request, and building costs more than running.
_RULE = {"preserve_rowcount": True}  # without it an INSERT tells no number of rows on PostgreSQL
_KEEP: dict[str, Insert] = {
    "sqlite": sqlite.insert(idempotency_answers).on_conflict_do_nothing().inline(),
    "postgresql": postgresql.insert(idempotency_answers).on_conflict_do_nothing().inline(),
}


def keep_answer(connection: Connection, call: Call, answer: Answer, now: datetime) -> bool:
    """Keep what is answered to a call; false when an answer to its key is there already.

    Another request with the key waits here until this transaction is committed or rolled back.
    """
    row = {
        "scope": call.scope,
        "key": call.key,
        "request_hash": call.request_hash,
        "status": answer.status,
        "location": answer.location,
        "content_type": answer.content_type,
        "body": answer.body,
        "created_at": now,
    }
    written = connection.execute(_KEEP[connection.dialect.name], row, execution_options=_RULE)
    return written.rowcount == 1


def find_answer(connection: Connection, call: Call) -> tuple[Call, Answer] | None:
    """Find the first call with this key, if there was one, and what was answered to it."""
    row = connection.execute(select(idempotency_answers).where(_of(call))).first()
    if row is None:
        return None
    first = Call(row.scope, row.key, row.request_hash)
    return first, Answer(row.status, row.location, row.content_type, row.body)


def forget_before(connection: Connection, time: datetime) -> None:
    """Delete answers kept before a time."""
    connection.execute(delete(idempotency_answers).where(idempotency_answers.c.created_at < time))


def _of(call: Call) -> ColumnElement[bool]:
    return and_(idempotency_answers.c.scope == call.scope, idempotency_answers.c.key == call.key)
