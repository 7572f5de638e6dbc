"""Users' accounts and the roles given to them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from registry.access.models.tables import insert_new, role_assignments, users
from registry.access.rules import Right, Role, Scope


@dataclass(frozen=True, slots=True)
class Account:
    """A user's account as sign-in needs it."""

    id: UUID
    login: str
    name: str
    password_hash: str
    version: int = 1


def find_account(connection: Connection, login: str) -> Account | None:
    """Find an account that may sign in, by its login as kept (trimmed, lower case)."""
    condition = and_(users.c.login == login, users.c.disabled_at.is_(None))
    return _account(connection, condition)


def account_of(connection: Connection, user_id: UUID) -> Account | None:
    """Find an account that may sign in, by its id."""
    return _account(connection, and_(users.c.id == user_id, users.c.disabled_at.is_(None)))


def _account(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    columns = (users.c.id, users.c.login, users.c.name, users.c.password_hash, users.c.version)
    row = connection.execute(select(*columns).where(condition)).first()
    return None if row is None else Account(*row)


def add_user(connection: Connection, account: Account, now: datetime) -> bool:
    """Write a new account; false when its login is taken."""
    row = {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "password_hash": account.password_hash,
        "version": account.version,
        "created_at": now,
    }
    return insert_new(connection, users, row)


def set_password_hash(connection: Connection, user_id: UUID, password_hash: str) -> None:
    """Replace a stored hash, after a change of the password or of its parameters."""
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


def add_role(connection: Connection, assignment_id: UUID, user_id: UUID, right: Right, since: date) -> None:
    """Give a role from a day on."""
    row = {
        "id": assignment_id,
        "user_id": user_id,
        "role": right.role,
        "scope": right.scope,
        "place_id": right.place_id,
        "school_id": right.school_id,
        "valid_from": since,
    }
    connection.execute(insert(role_assignments).values(**row))


def rights_of(connection: Connection, user_id: UUID, today: date) -> list[Right]:
    """List the rights of a day of somebody whose account may sign in."""
    given = role_assignments.c
    query = (
        select(given.role, given.scope, given.place_id, given.school_id)
        .join(users, users.c.id == given.user_id)
        .where(
            users.c.id == user_id,
            users.c.disabled_at.is_(None),
            given.valid_from <= today,
            or_(given.valid_until.is_(None), given.valid_until >= today),
        )
    )
    rows = connection.execute(query)
    return [Right(Role(row.role), Scope(row.scope), row.place_id, row.school_id) for row in rows]


def end_role(connection: Connection, assignment_id: UUID, last_day: date) -> UUID | None:
    """End a role after a last day; give the user's id, or none when it has ended before or is not there."""
    open_one = and_(role_assignments.c.id == assignment_id, role_assignments.c.valid_until.is_(None))
    ended = update(role_assignments).where(open_one).values(valid_until=last_day)
    return connection.execute(ended.returning(role_assignments.c.user_id)).scalar_one_or_none()
