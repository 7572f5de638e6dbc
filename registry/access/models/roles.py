"""Roles given to people: from which day to which, where, and by whom one was handed on to a deputy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from registry.access.models.tables import role_assignments, users
from registry.access.rules import Action, Place, Right, Role, Scope, reaches

_given = role_assignments.c
_sources = role_assignments.alias("sources")
_principals = users.alias("principals")


@dataclass(frozen=True, slots=True)
class Term:
    """From the first day to the last, both included; no last day: until it is ended."""

    first: date
    last: date | None = None

    def takes_in(self, day: date) -> bool:
        """Say whether a day belongs to the term."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One role of one user.

    Attributes:
        delegated_by: the assignment that it was taken from, for a deputy's; it stands while that one does.
    """

    id: UUID
    user_id: UUID
    right: Right
    term: Term
    delegated_by: UUID | None
    version: int


def _within(table: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table or an alias of it
    today: BindParameter[date] = bindparam("today")
    return and_(table.valid_from <= today, or_(table.valid_until.is_(None), table.valid_until >= today))


_source_stands = exists(
    select(_sources.c.id)
    .join(_principals, _principals.c.id == _sources.c.user_id)
    .where(
        _sources.c.id == _given.delegated_by,
        _sources.c.delegated_by.is_(None),
        _principals.c.disabled_at.is_(None),
        _within(_sources.c),
    )
    .correlate(role_assignments)
)
stands_today: ColumnElement[bool] = and_(_within(_given), or_(_given.delegated_by.is_(None), _source_stands))
"""A role counts on the day `today`: within its term and, for a deputy's, while whom he stands for has it."""


def holds_role(
    user: ColumnElement[UUID | None], role: ColumnElement[Any], school: ColumnElement[UUID | None]
) -> ColumnElement[bool]:
    """Say of other rows whether whom they name has the role they name, in their school or wider, `today`."""
    of_place = or_(_given.school_id == school, _given.school_id.is_(None))
    return exists(
        select(_given.id)
        .join(users, users.c.id == _given.user_id)
        .where(_given.user_id == user, _given.role == role, of_place, stands_today)
        .where(users.c.disabled_at.is_(None))
        .correlate_except(role_assignments, users)
    )


def right_of(row: Row[*tuple[Any, ...]], role: str) -> Right:
    """Read the right of an assignment's row, whose role stands in it under the name given."""
    return Right(
        Role(getattr(row, role)),
        Scope(row.scope),
        row.place_id,
        row.right_school,
        actions_of(row.actions),
    )


def actions_of(kept: list[str] | None) -> frozenset[Action] | None:
    """Read the few actions that a deputy was given; none where a role is somebody's own."""
    return None if kept is None else frozenset(Action(one) for one in kept if one in set(Action))


_columns = (
    _given.id,
    _given.user_id,
    _given.role,
    _given.scope,
    _given.place_id,
    _given.school_id.label("right_school"),
    _given.valid_from,
    _given.valid_until,
    _given.delegated_by,
    _given.actions,
    _given.version,
)


def add_role(connection: Connection, made: Assignment) -> None:
    """Write a role."""
    right = made.right
    row = {
        "id": made.id,
        "user_id": made.user_id,
        "role": right.role,
        "scope": right.scope,
        "place_id": right.place_id,
        "school_id": right.school_id,
        "valid_from": made.term.first,
        "valid_until": made.term.last,
        "delegated_by": made.delegated_by,
        "actions": None if right.actions is None else sorted(right.actions),
        "version": made.version,
    }
    connection.execute(insert(role_assignments).values(**row))


def end_role(connection: Connection, assignment_id: UUID, last_day: date) -> Assignment | None:
    """Let a role end after a day earlier than it would; none when it is not there or ends no later anyhow."""
    later = or_(_given.valid_until.is_(None), _given.valid_until > last_day)
    ended = (
        update(role_assignments)
        .where(_given.id == assignment_id, later)
        .values(valid_until=last_day, version=_given.version + 1)
    )
    row = connection.execute(ended.returning(*_columns)).first()
    return None if row is None else _assignment(row)


def find_role(connection: Connection, assignment_id: UUID) -> Assignment | None:
    """Read a role by its id."""
    row = connection.execute(select(*_columns).where(_given.id == assignment_id)).first()
    return None if row is None else _assignment(row)


def roles_of(connection: Connection, user_ids: Collection[UUID]) -> list[Assignment]:
    """List all roles of some users, past ones and those to come included, the latest first."""
    query = select(*_columns).where(_given.user_id.in_(user_ids))
    rows = connection.execute(query.order_by(_given.valid_from.desc(), _given.id.desc()))
    return [_assignment(row) for row in rows]


def standing_roles(connection: Connection, user_id: UUID, today: date) -> list[Assignment]:
    """List the roles of a user that count on a day."""
    query = select(*_columns).where(_given.user_id == user_id, stands_today).order_by(_given.id)
    return [_assignment(row) for row in connection.execute(query, {"today": today})]


def rights_of(connection: Connection, user_id: UUID, today: date) -> list[Right]:
    """List the rights of a day of somebody whose account may sign in."""
    open_account = exists(select(users.c.id).where(users.c.id == user_id, users.c.disabled_at.is_(None)))
    query = select(*_columns).where(_given.user_id == user_id, stands_today, open_account)
    rows = connection.execute(query.order_by(_given.id), {"today": today})
    return [right_of(row, "role") for row in rows]


def holders_of(connection: Connection, role: Role, place: Place, today: date) -> list[UUID]:
    """Name the users with an open account who hold a role on a day that reaches a place, in a fixed order."""
    query = (
        select(*_columns)
        .join(users, users.c.id == _given.user_id)
        .where(_given.role == role, stands_today, users.c.disabled_at.is_(None))
    )
    rows = connection.execute(query.order_by(_given.user_id), {"today": today})
    return list(dict.fromkeys(row.user_id for row in rows if reaches(right_of(row, "role"), place)))


def handed_on(connection: Connection, user_id: UUID) -> list[Assignment]:
    """List what a user handed on to deputies, the latest first."""
    own = select(_sources.c.id).where(_sources.c.user_id == user_id)
    query = select(*_columns).where(_given.delegated_by.in_(own))
    rows = connection.execute(query.order_by(_given.valid_from.desc(), _given.id.desc()))
    return [_assignment(row) for row in rows]


def stood_in_for(connection: Connection, user_id: UUID, today: date) -> list[tuple[Right, UUID]]:
    """List what a user has as somebody's deputy on a day, each with the one he stands in for."""
    query = (
        select(*_columns, _sources.c.user_id.label("principal"))
        .join(_sources, _sources.c.id == _given.delegated_by)
        .where(_given.user_id == user_id, stands_today)
        .order_by(_given.id)
    )
    rows = connection.execute(query, {"today": today})
    return [(right_of(row, "role"), row.principal) for row in rows]


Named: TypeAlias = tuple[UUID, str, Right]


def named_holders(connection: Connection, role: str, place: Place, today: date) -> list[Named]:
    """List who has a role in a school or wider on a day, by name; whether it reaches, a rule has to say."""
    given = role_assignments.c
    places = [one for one in (place.municipality, place.region) if one is not None]
    there = or_(
        and_(given.school_id.is_not(None), given.school_id == place.school),
        given.place_id.in_(places),
        given.scope == Scope.INSTALLATION,
    )
    query = (
        select(*_columns, users.c.name)
        .join(users, users.c.id == given.user_id)
        .where(given.role == role, there, stands_today, users.c.disabled_at.is_(None))
        .order_by(users.c.name, users.c.id)
    )
    rows = connection.execute(query, {"today": today})
    return [(row.user_id, row.name, right_of(row, "role")) for row in rows]


def any_standing(connection: Connection, right: Right, today: date) -> bool:
    """Say whether anybody with an open account has such a role on a day."""
    query = (
        select(_given.id)
        .join(users, users.c.id == _given.user_id)
        .where(_given.role == right.role, _given.scope == right.scope, stands_today)
        .where(users.c.disabled_at.is_(None))
        .limit(1)
    )
    return connection.execute(query, {"today": today}).first() is not None


def _assignment(row: Row[*tuple[Any, ...]]) -> Assignment:
    term = Term(row.valid_from, row.valid_until)
    return Assignment(row.id, row.user_id, right_of(row, "role"), term, row.delegated_by, row.version)
