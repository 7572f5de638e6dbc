"""Sessions on the server, and who holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from registry.access.models.roles import right_of, stands_today
from registry.access.models.tables import role_assignments, sessions, users
from registry.access.rules import Right, Role, Scope
from registry.trail.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Session:
    """One session on the server.

    Attributes:
        id: public id, for lists and the trail; the cookie's token is another thing and is stored as a hash.
        user_id: the staff member, or none for a visitor.
        person_id: the guardian or student, or none for staff; then `role` says which of the two.
        sitting_id: what the room that opened a visitor's session wants to find again.
        auth: how the holder proved who he is: ``password``, ``password-totp``, ``password-recovery``,
            ``sms-code``, ``email-code``, ``esia``.
        purpose, purpose_at: for what an auditor reads personal data, and since when he does.
        device: a coarse word for what he came with, for his own list.
    """

    id: UUID
    role: Role | None
    user_id: UUID | None
    person_id: UUID | None
    sitting_id: UUID | None
    school_id: UUID | None
    auth: str
    created_at: datetime
    seen_at: datetime
    stepped_up_at: datetime | None
    purpose: Purpose | None = None
    purpose_at: datetime | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose session is opened, and how he proved who he is; either a user or a visiting person."""

    auth: str
    user_id: UUID | None = None
    person_id: UUID | None = None
    role: Role | None = None
    sitting_id: UUID | None = None
    school_id: UUID | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks, as the sessions table knows him.

    Attributes:
        name: of a member of staff.
        rights: that he has today.
        totp: whether he has set up a second factor.
    """

    session: Session
    name: str
    rights: tuple[Right, ...]
    totp: bool = False


_given = role_assignments.c
CURRENT_ROLES = and_(_given.user_id == users.c.id, stands_today)
# Built once: this statement runs before nearly every request, and building costs more than running it.
_KNOWN = (
    select(
        sessions,
        users.c.name,
        users.c.disabled_at,
        users.c.totp_since,
        _given.role.label("right_role"),
        _given.scope,
        _given.place_id,
        _given.school_id.label("right_school"),
        _given.actions,
    )
    .select_from(sessions.outerjoin(users).outerjoin(role_assignments, CURRENT_ROLES))
    .where(sessions.c.token_hash == bindparam("token"), sessions.c.ended_at.is_(None))
    .order_by(_given.id)
)


def find_known(connection: Connection, token_hash: bytes, today: date) -> Known | None:
    """Find the open session of a token with its holder's rights of the day; one statement."""
    rows = connection.execute(_KNOWN, {"token": token_hash, "today": today}).all()
    if not rows or rows[0].disabled_at is not None:
        return None
    session = _session(rows[0])
    return Known(session, rows[0].name or "", _rights(session, rows), rows[0].totp_since is not None)


def _rights(session: Session, rows: Sequence[Row[Any]]) -> tuple[Right, ...]:
    if session.role is not None:
        return (Right(session.role, Scope.SELF, session.person_id, session.school_id),)
    return tuple(right_of(row, "right_role") for row in rows if row.right_role is not None)


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        role=None if row.role is None else Role(row.role),
        user_id=row.user_id,
        person_id=row.person_id,
        sitting_id=row.sitting_id,
        school_id=row.school_id,
        auth=row.auth,
        created_at=row.created_at,
        seen_at=row.seen_at,
        stepped_up_at=row.stepped_up_at,
        purpose=Purpose(row.purpose_id, row.purpose, row.purpose_order) if row.purpose_id else None,
        purpose_at=row.purpose_at,
        device=row.device,
    )


def add_session(
    connection: Connection, token_hash: bytes, session_id: UUID, holder: Holder, now: datetime
) -> None:
    """Write a new session; its token exists in the holder's cookie only."""
    row = {
        "token_hash": token_hash,
        "id": session_id,
        "role": holder.role,
        "user_id": holder.user_id,
        "person_id": holder.person_id,
        "sitting_id": holder.sitting_id,
        "school_id": holder.school_id,
        "auth": holder.auth,
        "created_at": now,
        "seen_at": now,
        "device": holder.device,
    }
    connection.execute(insert(sessions).values(**row))


_TOUCH = update(sessions).where(sessions.c.id == bindparam("session")).values(seen_at=bindparam("now"))


def touch_session(connection: Connection, session_id: UUID, now: datetime) -> None:
    """Note that a session was used."""
    connection.execute(_TOUCH, {"session": session_id, "now": now})


def mark_stepped_up(connection: Connection, session_id: UUID, token_hash: bytes, now: datetime) -> None:
    """Note that the holder proved himself again; the session goes on under another token."""
    same = update(sessions).where(sessions.c.id == session_id)
    connection.execute(same.values(stepped_up_at=now, token_hash=token_hash))


def set_purpose(connection: Connection, session_id: UUID, purpose: Purpose, now: datetime) -> None:
    """Note for what the holder of a session reads from now on."""
    said = {
        "purpose_id": purpose.id,
        "purpose": purpose.reason,
        "purpose_order": purpose.order,
        "purpose_at": now,
    }
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(**said))


def end_session(connection: Connection, user_id: UUID, session_id: UUID, now: datetime) -> bool:
    """End one open session of a user; false when he has no such open session."""
    mine = and_(sessions.c.id == session_id, sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
    return connection.execute(update(sessions).where(mine).values(ended_at=now)).rowcount == 1


def end_others(connection: Connection, user_id: UUID, kept: UUID | None, now: datetime) -> int:
    """End the open sessions of a user, all but one where one is named; give their number."""
    others = and_(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
    if kept is not None:
        others = and_(others, sessions.c.id != kept)
    return connection.execute(update(sessions).where(others).values(ended_at=now)).rowcount


def end_token(connection: Connection, token_hash: bytes, now: datetime) -> None:
    """End the session of a token, whoever holds it."""
    ended = update(sessions).where(sessions.c.token_hash == token_hash, sessions.c.ended_at.is_(None))
    connection.execute(ended.values(ended_at=now))


def open_sessions(connection: Connection, user_id: UUID, since: datetime) -> list[Session]:
    """List a user's sessions that were not ended and were used since a time, the latest first."""
    condition = and_(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None), sessions.c.seen_at > since)
    rows = connection.execute(select(sessions).where(condition).order_by(sessions.c.seen_at.desc()))
    return [_session(row) for row in rows]
