"""Invalidations that were asked for: by one person, answered by another."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    insert,
    select,
    text,
    update,
)

from registry.consents.rules.invalidations import Answer, Invalidation
from registry.consents.rules.signing import InvalidReason
from registry.errors import N_, NotFoundError
from registry.storage.schema import SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_subject
from registry.storage.vault import Vault

_OPEN = text("answer = 'asked'")
NOTE = "invalidations.note"

invalidations = Table(
    "invalidations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("act_id", Uuid, nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("note", SealedBytes, nullable=False, info=under_subject("signer_id")),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answer", String(10), nullable=False),
    Column("answered_by", Uuid),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
    # Of one act one question is open at a time.
    Index(
        "uq_invalidations_open",
        "school_id",
        "act_id",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index("ix_invalidations_school", "school_id", "answer"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An invalidation with the words in which it was asked for; none once the signer's data are destroyed."""

    invalidation: Invalidation
    note: str


def add(connection: Connection, vault: Vault, one: Invalidation, note: str) -> None:
    """Write down what was asked for."""
    sealed = vault.seal(vault.key_of(connection, one.signer_id), NOTE, one.id, note)
    connection.execute(
        insert(invalidations).values(
            id=one.id,
            school_id=one.school_id,
            act_id=one.act_id,
            student_id=one.student_id,
            signer_id=one.signer_id,
            reason=one.reason.value,
            note=sealed,
            asked_by=one.asked_by,
            asked_at=one.asked_at,
            answer=one.answer.value,
        )
    )


def hold_one(connection: Connection, school_id: UUID, invalidation_id: UUID) -> Invalidation:
    """Read one that nobody else may answer until the transaction ends.

    Raises:
        NotFoundError: the school has none like it.
    """
    of = invalidations.c
    query = select(invalidations).where(of.school_id == school_id, of.id == invalidation_id)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFoundError(N_("Такого вопроса нет."))
    return _invalidation(row)


def is_asked(connection: Connection, school_id: UUID, act_id: UUID) -> bool:
    """Tell whether a question about an act waits for its answer."""
    of = invalidations.c
    open_now = (of.school_id == school_id, of.act_id == act_id, of.answer == Answer.ASKED.value)
    return connection.execute(select(of.id).where(*open_now)).first() is not None


def finish(connection: Connection, one: Invalidation) -> None:
    """Write down how it was answered."""
    of = invalidations.c
    answered = update(invalidations).where(of.school_id == one.school_id, of.id == one.id)
    said = {"answer": one.answer.value, "answered_by": one.answered_by, "answered_at": one.answered_at}
    connection.execute(answered.values(**said))


def note_of(connection: Connection, vault: Vault, one: Invalidation) -> str:
    """Read the words in which it was asked for.

    Raises:
        NotFoundError: the signer's data were destroyed.
    """
    of = invalidations.c
    sealed = connection.execute(
        select(of.note).where(of.school_id == one.school_id, of.id == one.id)
    ).scalar()
    return vault.open_text(vault.key_of(connection, one.signer_id), NOTE, one.id, sealed or b"")


def open_of_school(connection: Connection, vault: Vault, school_id: UUID) -> list[Asked]:
    """List what waits for a second person in a school, the oldest first."""
    of = invalidations.c
    query = select(invalidations).where(of.school_id == school_id, of.answer == Answer.ASKED.value)
    rows = connection.execute(query.order_by(of.asked_at, of.id)).all()
    keys = vault.keys_of(connection, {row.signer_id for row in rows})
    return [
        Asked(_invalidation(row), vault.open_text(keys[row.signer_id], NOTE, row.id, row.note))
        for row in rows
        if row.signer_id in keys
    ]


def open_about(connection: Connection, vault: Vault, school_id: UUID, student_id: UUID) -> list[Asked]:
    """List what waits for a second person about one student."""
    found = open_of_school(connection, vault, school_id)
    return [one for one in found if one.invalidation.student_id == student_id]


def every(connection: Connection) -> list[Invalidation]:
    """Read all of the installation, for the verifier of the trail."""
    return [_invalidation(row) for row in connection.execute(select(invalidations))]


def _invalidation(row: Row[Any]) -> Invalidation:
    return Invalidation(
        id=row.id,
        school_id=row.school_id,
        act_id=row.act_id,
        student_id=row.student_id,
        signer_id=row.signer_id,
        reason=InvalidReason(row.reason),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answer=Answer(row.answer),
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
