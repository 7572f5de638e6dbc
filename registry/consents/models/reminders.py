"""Reminders as rows: who was reminded when, of what, by which letter."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, insert, select

from registry.consents.models.request_tables import reminded_requests, reminders
from registry.consents.models.tables import invitations
from registry.consents.rules.reminding import Reminder
from registry.letters.models import letters
from registry.letters.rules import Channel, LetterState
from registry.storage.queries import among


@dataclass(frozen=True, slots=True)
class SentReminder:
    """A reminder with what became of its letter; `sent_by` is nobody where the clock sent it."""

    reminder: Reminder
    sent_by: UUID | None
    sent_at: datetime
    channel: Channel
    state: LetterState


_same = and_(
    reminded_requests.c.school_id == reminders.c.school_id, reminded_requests.c.reminder_id == reminders.c.id
)
_told = select(reminders, reminded_requests.c.request_id).join_from(reminders, reminded_requests, _same)
_with_letter = (
    select(reminders, letters.c.channel, letters.c.state)
    .join_from(reminders, reminded_requests, _same)
    .join(letters, and_(letters.c.school_id == reminders.c.school_id, letters.c.id == reminders.c.letter_id))
    .order_by(reminders.c.sent_at, reminders.c.id)
)


def add_reminder(connection: Connection, row: dict[str, Any], request_id: UUID) -> None:
    """Write a reminder down, with what it is about."""
    connection.execute(insert(reminders), row)
    note_request(connection, row["school_id"], row["id"], request_id)


def note_request(connection: Connection, school_id: UUID, reminder_id: UUID, request_id: UUID) -> None:
    """Note that a reminder is about a request too."""
    row = {"school_id": school_id, "reminder_id": reminder_id, "request_id": request_id}
    connection.execute(insert(reminded_requests), row)


def reminders_to(
    connection: Connection, school_id: UUID, programme: str, signers: Collection[UUID]
) -> dict[UUID, list[Reminder]]:
    """Read every reminder to some signers in a programme, by signer; one statement."""
    chosen = and_(
        reminders.c.school_id == school_id,
        reminders.c.programme == programme,
        among(connection, reminders.c.signer_id, signers),
    )
    rows = connection.execute(_told.where(chosen).order_by(reminders.c.on_day, reminders.c.id)).all()
    requests: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        requests[row.id].add(row.request_id)
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in {row.id: row for row in rows}.values():
        found[row.signer_id].append(_reminder(row, frozenset(requests[row.id])))
    return dict(found)


def reminders_about(
    connection: Connection, school_id: UUID, requests: Collection[UUID]
) -> dict[UUID, list[SentReminder]]:
    """Read the reminders about some requests with the fate of their letters, by request; one statement."""
    chosen = and_(
        reminded_requests.c.school_id == school_id,
        among(connection, reminded_requests.c.request_id, requests),
    )
    query = _with_letter.add_columns(reminded_requests.c.request_id).where(chosen)
    found: dict[UUID, list[SentReminder]] = defaultdict(list)
    for row in connection.execute(query):
        reminder = _reminder(row, frozenset({row.request_id}))
        sent = SentReminder(reminder, row.sent_by, row.sent_at, Channel(row.channel), LetterState(row.state))
        found[row.request_id].append(sent)
    return dict(found)


def invited_signers(
    connection: Connection, school_id: UUID, programme: str, signers: Collection[UUID]
) -> set[UUID]:
    """Name those of some signers for whom a link was ever made in a programme; one statement."""
    of = invitations.c
    chosen = and_(
        of.school_id == school_id, of.programme == programme, among(connection, of.signer_id, signers)
    )
    return set(connection.execute(select(of.signer_id).where(chosen)).scalars())


def _reminder(row: Row[Any], requests: frozenset[UUID]) -> Reminder:
    return Reminder(row.id, row.signer_id, row.on_day, row.by_hand, requests)
