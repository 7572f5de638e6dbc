"""Letters: the table, and how one is written, taken for delivery and settled.

Where a letter goes and what it says is sealed; what it says is wiped once it was handed over, failed or
became void, since it holds links and codes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    insert,
    or_,
    select,
    update,
)

from registry.letters.rules import Channel, LetterKind, LetterState
from registry.storage.schema import NAMES_FILE, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_either

LEASE: Final = timedelta(seconds=25)
"""Shorter than the promise's: who gets the promise of a dead worker finds the letter free."""

letters = Table(
    "letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid),
    Column("person_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("state", String(12), nullable=False),
    Column(
        "destination", SealedBytes, info=under_either("letters.destination", row="id", subject="person_id")
    ),
    Column("content", SealedBytes, info=under_either("letters.content", row="id", subject="person_id")),
    Column("attachment_id", Uuid, info={NAMES_FILE: True}),
    Column("provider_id", String(200)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("taken_until", UtcDateTime),
    Column("handed_over_at", UtcDateTime),
    # A letter that belongs to no school is one to staff.
    UniqueConstraint("school_id", "id"),
    Index("ix_letters_school_id_person_id", "school_id", "person_id"),
    Index("ix_letters_school_id_state", "school_id", "state"),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What may be shown of a letter in a history: no address, no words."""

    id: UUID
    school_id: UUID | None
    person_id: UUID
    kind: LetterKind
    channel: Channel
    state: LetterState
    attempts: int
    created_at: datetime
    handed_over_at: datetime | None
    provider_id: str | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """The closed parts of a letter."""

    destination: bytes
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that this worker alone may hand over until its lease ends."""

    letter: Letter
    sealed: Sealed
    attachment_id: UUID | None
    expires_at: datetime | None


_SHOWN = (
    letters.c.id,
    letters.c.school_id,
    letters.c.person_id,
    letters.c.kind,
    letters.c.channel,
    letters.c.state,
    letters.c.attempts,
    letters.c.created_at,
    letters.c.handed_over_at,
    letters.c.provider_id,
)


def add_letter(
    connection: Connection,
    letter: Letter,
    sealed: Sealed,
    *,
    attachment_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Write a letter down."""
    connection.execute(
        insert(letters),
        {
            "id": letter.id,
            "school_id": letter.school_id,
            "person_id": letter.person_id,
            "kind": letter.kind,
            "channel": letter.channel,
            "state": letter.state,
            "destination": sealed.destination,
            "content": sealed.content,
            "attachment_id": attachment_id,
            "attempts": letter.attempts,
            "created_at": letter.created_at,
            "handed_over_at": letter.handed_over_at,
            "expires_at": expires_at,
        },
    )


def take(connection: Connection, letter_id: UUID, now: datetime) -> Taken | None:
    """Take a queued letter for delivery, so that no other worker sends it too; None when none can be taken.

    A lease of a worker that died ends by itself.
    """
    free = or_(letters.c.taken_until.is_(None), letters.c.taken_until <= now)
    taken = connection.execute(
        update(letters)
        .where(and_(letters.c.id == letter_id, letters.c.state == LetterState.QUEUED, free))
        .values(taken_until=now + LEASE, attempts=letters.c.attempts + 1)
        .returning(
            *_SHOWN, letters.c.destination, letters.c.content, letters.c.attachment_id, letters.c.expires_at
        )
    ).first()
    if taken is None:
        return None
    sealed = Sealed(taken.destination, taken.content)
    return Taken(_letter(taken), sealed, taken.attachment_id, taken.expires_at)


def is_queued(connection: Connection, letter_id: UUID) -> bool:
    """Say whether a letter still waits."""
    state = connection.execute(select(letters.c.state).where(letters.c.id == letter_id)).scalar()
    return state == LetterState.QUEUED


def mark_handed_over(connection: Connection, letter_id: UUID, now: datetime, provider_id: str) -> bool:
    """Note that the provider took the letter, and wipe its words; false when it was settled meanwhile."""
    return _settle(
        connection,
        letter_id,
        {"state": LetterState.HANDED_OVER, "handed_over_at": now, "provider_id": provider_id},
    )


def mark_failed(connection: Connection, letter_id: UUID, reason: str) -> bool:
    """Note that a letter cannot be delivered, and wipe its words."""
    return _settle(connection, letter_id, {"state": LetterState.FAILED, "last_error": reason[:200]})


def mark_void(connection: Connection, letter_id: UUID) -> bool:
    """Note that a letter is not to be delivered any more, and wipe its words."""
    return _settle(connection, letter_id, {"state": LetterState.VOID})


def release(connection: Connection, letter_id: UUID, reason: str) -> None:
    """Give a taken letter back after a try that failed for now."""
    connection.execute(
        update(letters).where(letters.c.id == letter_id).values(taken_until=None, last_error=reason[:200])
    )


def void_waiting(connection: Connection, school_id: UUID | None, person_id: UUID) -> int:
    """Make every waiting letter to a person void, as after a change of his contact; give the number.

    A warning to an old contact stays: it is what tells its holder, and another change must not silence it.
    """
    waiting = and_(
        letters.c.school_id == school_id if school_id is not None else letters.c.school_id.is_(None),
        letters.c.person_id == person_id,
        letters.c.state == LetterState.QUEUED,
        letters.c.kind != LetterKind.CONTACT_CHANGED,
    )
    done = connection.execute(
        update(letters).where(waiting).values(state=LetterState.VOID, content=None).returning(letters.c.id)
    )
    return len(done.all())


def _settle(connection: Connection, letter_id: UUID, values: dict[str, Any]) -> bool:
    done = connection.execute(
        update(letters)
        .where(letters.c.id == letter_id, letters.c.state == LetterState.QUEUED)
        .values(content=None, taken_until=None, **values)
        .returning(letters.c.id)
    )
    return done.first() is not None


def _letter(row: Row[*tuple[Any, ...]]) -> Letter:
    return Letter(
        row.id,
        row.school_id,
        row.person_id,
        LetterKind(row.kind),
        Channel(row.channel),
        LetterState(row.state),
        row.attempts,
        row.created_at,
        row.handed_over_at,
        row.provider_id,
    )
