"""How many cases stand in each state of a definition, and how many of them are overdue.

Cases are counted as they stand, by an index alone. Where a definition has a great many, that takes too long
for a page: then those of a branch are counted every minute by the clock, and the page says when.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)

from registry.workflows.models.tables import NO_SCHOOL, case_counts, cases

MANY: Final = 5_000
"""From so many cases of a definition on they are counted by the clock."""
FEW_SCHOOLS: Final = 20
"""Cases of so few schools are counted as they stand: each school's are found by themselves."""
OUTDATED: Final = timedelta(minutes=10)
"""When the clock has not counted for so long, cases are counted as they stand, however long it takes."""

NOWHERE: Final = UUID(int=1)
"""An id that no school has, and that stands for none."""

Below: TypeAlias = "Select[tuple[UUID]]"
"""A question for the ids of the schools below a branch, from the room that knows them."""


@dataclass(frozen=True, slots=True)
class Where:
    """Of which schools: of some, of those below some branches."""

    schools: Collection[UUID] = ()
    below: tuple[Below, ...] = ()

    @property
    def few(self) -> bool:
        """Whether it is of a few schools alone."""
        return not self.below and len(self.schools) <= FEW_SCHOOLS

    def condition(self, school: ColumnElement[Any]) -> ColumnElement[bool]:
        """The same as a condition on the column of a row's school."""
        # Beside another condition PostgreSQL asks for the schools of a branch once, and reads on in the order
        # of its index; alone it would join them, and read and sort all rows of the branch.
        aside = [school == NOWHERE] if self.below else []
        return or_(false(), *aside, *self._own(school), *(school.in_(one) for one in self.below))

    def _own(self, school: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        if not self.schools:
            return []
        one, *more = self.schools
        return [school.in_(self.schools) if more else school == one]


@dataclass(frozen=True, slots=True)
class Count:
    """Cases in a state, and those of them that are overdue."""

    held: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """Cases by their state.

    Attributes:
        at: when they were counted; none: now.
    """

    states: Mapping[str, Count] = field(default_factory=dict)
    at: datetime | None = None

    def of(self, state: str) -> Count:
        """Give the cases of a state."""
        return self.states.get(state, Count())


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, as it is, and on the legal clock."""

    now: datetime
    legal: datetime


def counts(connection: Connection, definition_id: str, moment: Moment, where: Where | None = None) -> Counted:
    """Count the cases in each state, of some schools or of all; two statements at most.

    Args:
        connection: of the unit of work.
        definition_id: of the process.
        moment: now.
        where: of which schools; none: of all, and of what belongs to no school.
    """
    if where is None or not where.few:
        kept = _kept(connection, definition_id, moment, where)
        if kept is not None:
            return kept
    asked = select(cases.c.state, *_numbers(moment)).where(cases.c.definition_id == definition_id)
    if where is not None:
        asked = asked.where(where.condition(cases.c.school_id))
    rows = connection.execute(asked.group_by(cases.c.state))
    return Counted({row.state: Count(row.held, row.late) for row in rows})


def count_anew(connection: Connection, moment: Moment) -> None:
    """Count the cases of definitions that have a great many, by school; a fixed number of statements."""
    connection.execute(delete(case_counts))
    if not _any_many(connection):
        return
    own = cases.c
    many = select(own.definition_id).group_by(own.definition_id).having(func.count() >= MANY)
    school = func.coalesce(own.school_id, literal(NO_SCHOOL, own.school_id.type))
    counted = (
        select(own.definition_id, own.state, school, *_numbers(moment), literal(moment.now, _at.type))
        .where(own.definition_id.in_(many))
        .group_by(own.definition_id, own.state, school)
    )
    names = ["definition_id", "state", "school_id", "held", "late", "counted_at"]
    connection.execute(insert(case_counts).from_select(names, counted))


_at: Final[Column[Any]] = case_counts.c.counted_at


def _any_many(connection: Connection) -> bool:
    """Whether there are so many cases at all: looked at without counting more than that."""
    some = select(cases.c.id).limit(MANY).subquery()
    return bool(connection.execute(select(func.count()).select_from(some)).scalar_one() >= MANY)


def _numbers(moment: Moment) -> tuple[ColumnElement[int], ColumnElement[int]]:
    late = func.count().filter(cases.c.late_at <= moment.legal)
    return func.count().label("held"), late.label("late")


def _kept(connection: Connection, definition_id: str, moment: Moment, where: Where | None) -> Counted | None:
    own = case_counts.c
    asked = select(
        own.state,
        func.sum(own.held).label("held"),
        func.sum(own.late).label("late"),
        func.min(own.counted_at).label("at"),
    ).where(own.definition_id == definition_id, own.counted_at > moment.now - OUTDATED)
    if where is not None:
        asked = asked.where(where.condition(own.school_id))
    rows = connection.execute(asked.group_by(own.state)).all()
    return _told(rows) if rows else None


def _told(rows: Sequence[Row[*tuple[Any, ...]]]) -> Counted:
    states = {row.state: Count(int(row.held), int(row.late)) for row in rows}
    return Counted(states, min(row.at for row in rows))
