"""Accounts of staff: finding, adding and changing them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from registry.access.models.tables import insert_new, role_assignments, users


@dataclass(frozen=True, slots=True)
class Account:
    """A user's account as sign-in needs it; `password_hash` is empty while no password was chosen.

    Attributes:
        totp: whether a second factor was set up.
    """

    id: UUID
    login: str
    name: str
    password_hash: str
    version: int = 1
    totp: bool = False


@dataclass(frozen=True, slots=True)
class Esia:
    """What was noted of somebody's account in ESIA, by whom and when."""

    state: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its page shows it; the address is sealed."""

    id: UUID
    login: str
    name: str
    version: int
    created_at: datetime
    closed_at: datetime | None
    email: bytes | None
    has_password: bool
    totp_since: datetime | None
    esia: Esia | None


_account_columns = (
    users.c.id,
    users.c.login,
    users.c.name,
    users.c.password_hash,
    users.c.version,
    users.c.totp_since,
)


def find_account(connection: Connection, login: str) -> Account | None:
    """Find an account that may sign in, by its login as kept (trimmed, lower case)."""
    condition = and_(users.c.login == login, users.c.disabled_at.is_(None))
    return _account(connection, condition)


def account_of(connection: Connection, user_id: UUID) -> Account | None:
    """Find an account that may sign in, by its id."""
    return _account(connection, and_(users.c.id == user_id, users.c.disabled_at.is_(None)))


def _account(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    row = connection.execute(select(*_account_columns).where(condition)).first()
    if row is None:
        return None
    return Account(row.id, row.login, row.name, row.password_hash, row.version, row.totp_since is not None)


def add_user(connection: Connection, account: Account, email: bytes | None, now: datetime) -> bool:
    """Write a new account; false when its login is taken."""
    row = {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "password_hash": account.password_hash,
        "version": account.version,
        "created_at": now,
        "email": email,
    }
    return insert_new(connection, users, row)


def set_password_hash(connection: Connection, user_id: UUID, password_hash: str) -> None:
    """Replace a stored hash, after a change of the password or of its parameters."""
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


def profile_of(connection: Connection, user_id: UUID) -> Profile | None:
    """Read an account, closed ones too."""
    row = connection.execute(select(users).where(users.c.id == user_id)).first()
    return None if row is None else _profile(row)


def profiles(
    connection: Connection, school_id: UUID | None, after: str | None, count: int, sought: str = ""
) -> list[Profile]:
    """List accounts by login: all, or those that have or had a role in a school.

    Args:
        connection: of the unit of work.
        school_id: the school; none for the whole installation.
        after: the login after which the list goes on.
        count: of accounts at most.
        sought: a part of the login or of the name, in any case.
    """
    query = select(users).order_by(users.c.login).limit(count)
    if sought:
        # SQLite folds the case of Latin letters only.
        spelt = {sought, sought.lower(), sought.capitalize(), sought.title()}
        parts = [users.c.name.contains(one, autoescape=True) for one in spelt]
        query = query.where(or_(users.c.login.contains(sought.casefold(), autoescape=True), *parts))
    if school_id is not None:
        there = select(role_assignments.c.user_id).where(role_assignments.c.school_id == school_id)
        query = query.where(users.c.id.in_(there))
    if after is not None:
        query = query.where(users.c.login > after)
    return [_profile(row) for row in connection.execute(query)]


def colleagues(connection: Connection, school_id: UUID, today: date) -> list[tuple[UUID, str]]:
    """List the open accounts with a role of their own in a school on a day: id and name, by name."""
    given = role_assignments.c
    standing = and_(
        given.user_id == users.c.id,
        given.school_id == school_id,
        given.delegated_by.is_(None),
        given.valid_from <= today,
        or_(given.valid_until.is_(None), given.valid_until >= today),
    )
    query = select(users.c.id, users.c.name).join(role_assignments, standing).distinct()
    rows = connection.execute(query.where(users.c.disabled_at.is_(None)).order_by(users.c.name, users.c.id))
    return [(row.id, row.name) for row in rows]


def names_of(connection: Connection, user_ids: frozenset[UUID]) -> dict[UUID, str]:
    """Read the names of some users."""
    rows = connection.execute(select(users.c.id, users.c.name).where(users.c.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def unconfirmed(connection: Connection, user_ids: frozenset[UUID]) -> list[str]:
    """Name those of some users whose account in ESIA was not noted as confirmed."""
    lacking = or_(users.c.esia_state.is_(None), users.c.esia_state != "confirmed")
    rows = connection.execute(select(users.c.name).where(users.c.id.in_(user_ids), lacking))
    return sorted(row.name for row in rows)


def change_user(connection: Connection, profile: Profile, **values: object) -> None:
    """Change columns of an account and count its version up."""
    changed = update(users).where(users.c.id == profile.id)
    connection.execute(changed.values(**values, version=profile.version + 1))


def _profile(row: Row[Any]) -> Profile:
    return Profile(
        id=row.id,
        login=row.login,
        name=row.name,
        version=row.version,
        created_at=row.created_at,
        closed_at=row.disabled_at,
        email=row.email,
        has_password=bool(row.password_hash),
        totp_since=row.totp_since,
        esia=None if row.esia_state is None else Esia(row.esia_state, row.esia_by, row.esia_at),
    )
