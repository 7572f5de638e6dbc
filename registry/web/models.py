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
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from registry.storage.schema import SealedBytes, UtcDateTime, metadata

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
    Column("body", SealedBytes),
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

    request_hash: bytes
    status: int | None
    location: str | None
    content_type: str | None
    body: bytes | None


# Built once: these statements run with nearly every changing request, and building costs more than running.
_RULE = {"preserve_rowcount": True}  # without it an INSERT tells no number of rows on PostgreSQL
_CLAIM: dict[str, Insert] = {
    "sqlite": sqlite.insert(idempotency_answers).on_conflict_do_nothing().inline(),
    "postgresql": postgresql.insert(idempotency_answers).on_conflict_do_nothing().inline(),
}
_KEEP = update(idempotency_answers).where(
    idempotency_answers.c.scope == bindparam("of_scope"), idempotency_answers.c.key == bindparam("of_key")
)


def claim(connection: Connection, call: Call, now: datetime) -> bool:
    """Write a call's key down; false when it is there already.

    Another request with the key waits here until this transaction is committed or rolled back.
    """
    row = {"scope": call.scope, "key": call.key, "request_hash": call.request_hash, "created_at": now}
    written = connection.execute(_CLAIM[connection.dialect.name], row, execution_options=_RULE)
    return written.rowcount == 1


def keep_answer(connection: Connection, call: Call, answer: Answer) -> None:
    """Keep what is answered to a claimed call."""
    said = {
        "of_scope": call.scope,
        "of_key": call.key,
        "status": answer.status,
        "location": answer.location,
        "content_type": answer.content_type,
        "body": answer.body,
    }
    connection.execute(_KEEP, said)


def release(connection: Connection, call: Call) -> None:
    """Let a claimed key be used again: the call was answered with an error."""
    connection.execute(delete(idempotency_answers).where(_of(call)))


def find_answer(connection: Connection, call: Call) -> Answer:
    """Find what was answered to a call that is not the first with its key."""
    kept = idempotency_answers.c
    columns = (kept.request_hash, kept.status, kept.location, kept.content_type, kept.body)
    return Answer(*connection.execute(select(*columns).where(_of(call))).one())


def forget_before(connection: Connection, time: datetime) -> None:
    """Delete answers kept before a time."""
    connection.execute(delete(idempotency_answers).where(idempotency_answers.c.created_at < time))


def _of(call: Call) -> ColumnElement[bool]:
    return and_(idempotency_answers.c.scope == call.scope, idempotency_answers.c.key == call.key)
