"""Tokens of machines: whose they are, what they narrow his rights to, until when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from registry.access.models.roles import actions_of
from registry.access.models.sessions import CURRENT_ROLES, Known, Session
from registry.access.models.tables import api_tokens, role_assignments, users
from registry.access.rules import Action, Right, Role, Scope
from registry.trail.purposes import Purpose

AUTH: Final = "token"
"""How a session is called that is no session but one request with a token."""


@dataclass(frozen=True, slots=True)
class Token:
    """A machine's token, without its secret.

    Attributes:
        prefix: the beginning of the secret, by which people tell tokens apart.
        actions: what it is for; its owner's rights of the day go no further over it.
        seen_at: when it was used last, to the hour.
        stepped_up_at: when its owner's password was given with it last.
        purpose, purpose_at: for what an auditor reads personal data by it, and since when he does.
    """

    id: UUID
    prefix: str
    name: str
    user_id: UUID
    actions: frozenset[Action]
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None
    stepped_up_at: datetime | None = None
    revoked_at: datetime | None = None
    purpose: Purpose | None = None
    purpose_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A token as its request shows it, and who asks by it with which rights."""

    token: Token
    known: Known


_given = role_assignments.c
_SHOWN = (
    select(
        api_tokens,
        users.c.name.label("owner"),
        users.c.disabled_at,
        _given.role,
        _given.scope,
        _given.place_id,
        _given.school_id,
        _given.actions.label("handed_on"),
    )
    .select_from(api_tokens.join(users).outerjoin(role_assignments, CURRENT_ROLES))
    .where(api_tokens.c.token_hash == bindparam("token"), api_tokens.c.revoked_at.is_(None))
    .order_by(_given.id)
)


def find_shown(connection: Connection, token_hash: bytes, today: date) -> Shown | None:
    """Find a token that was not revoked, with its owner's rights of the day narrowed to it; one statement."""
    rows = connection.execute(_SHOWN, {"token": token_hash, "today": today}).all()
    if not rows or rows[0].disabled_at is not None:
        return None
    token = _token(rows[0])
    rights = tuple(_narrowed(row, token) for row in rows if row.role is not None)
    return Shown(token, Known(_session(token), rows[0].owner, rights))


def _narrowed(row: Row[Any], token: Token) -> Right:
    """Give a role of the owner as far as the token goes; a deputy's goes no further by it than by himself."""
    handed_on = actions_of(row.handed_on)
    return Right(Role(row.role), Scope(row.scope), row.place_id, row.school_id, handed_on, token.actions)


def _session(token: Token) -> Session:
    return Session(
        id=token.id,
        role=None,
        user_id=token.user_id,
        person_id=None,
        sitting_id=None,
        school_id=None,
        auth=AUTH,
        created_at=token.created_at,
        seen_at=token.seen_at or token.created_at,
        stepped_up_at=token.stepped_up_at,
        purpose=token.purpose,
        purpose_at=token.purpose_at,
    )


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        prefix=row.prefix,
        name=row.name,
        user_id=row.user_id,
        # An action that a later release took away is let go, and with it what the token could do by it.
        actions=frozenset(Action(one) for one in row.actions.split() if one in set(Action)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        stepped_up_at=row.stepped_up_at,
        revoked_at=row.revoked_at,
        purpose=Purpose(row.purpose_id, row.purpose, row.purpose_order) if row.purpose_id else None,
        purpose_at=row.purpose_at,
    )


def add_token(connection: Connection, token: Token, token_hash: bytes) -> None:
    """Write a new token; its secret exists with its owner only."""
    row = {
        "token_hash": token_hash,
        "id": token.id,
        "prefix": token.prefix,
        "name": token.name,
        "user_id": token.user_id,
        "actions": " ".join(sorted(token.actions)),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
    }
    connection.execute(insert(api_tokens).values(**row))


def tokens_of(connection: Connection, user_id: UUID) -> list[Token]:
    """List a user's tokens that were not revoked, the newest first."""
    mine = and_(api_tokens.c.user_id == user_id, api_tokens.c.revoked_at.is_(None))
    rows = connection.execute(select(api_tokens).where(mine).order_by(api_tokens.c.id.desc()))
    return [_token(row) for row in rows]


def revoke(connection: Connection, user_id: UUID, token_id: UUID, now: datetime) -> bool:
    """End a user's token for good; false when he has no such token, or it ended before."""
    mine = and_(
        api_tokens.c.id == token_id, api_tokens.c.user_id == user_id, api_tokens.c.revoked_at.is_(None)
    )
    return connection.execute(update(api_tokens).where(mine).values(revoked_at=now)).rowcount == 1


_TOUCH = update(api_tokens).where(api_tokens.c.id == bindparam("token")).values(seen_at=bindparam("now"))


def touch(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Note that a token was used."""
    connection.execute(_TOUCH, {"token": token_id, "now": now})


def mark_stepped_up(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Note that the owner's password was given with a token."""
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(stepped_up_at=now))


def set_purpose(connection: Connection, token_id: UUID, purpose: Purpose, now: datetime) -> None:
    """Note for what the owner of a token reads by it from now on."""
    said = {
        "purpose_id": purpose.id,
        "purpose": purpose.reason,
        "purpose_order": purpose.order,
        "purpose_at": now,
    }
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(**said))
