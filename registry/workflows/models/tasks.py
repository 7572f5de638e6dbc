"""Lists of tasks: open cases that wait for somebody, overdue first, read in the order of an index."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from registry.access.models.roles import holds_role
from registry.storage.schema import UtcDateTime
from registry.workflows.cases import Case
from registry.workflows.models.cases import read_case, with_digest
from registry.workflows.models.counting import Count, Where
from registry.workflows.models.tables import NEVER, cases

MOST_COUNTED: Final = 1000
"""Where so many wait, their number says nothing any more, and counting them would only cost."""

_own = cases.c


@dataclass(frozen=True, slots=True)
class Share:
    """Tasks that one right opens.

    Attributes:
        role: whose tasks.
        where: of which schools; none: everywhere, and what belongs to no school.
        classes: tasks of these classes and of no one class; none: of all classes.
        kinds: on subjects of these kinds alone; none: of all kinds.
        person: that lie with him; none: that lie with nobody, or with who has lost the role meanwhile.
        held: the same whoever they lie with.
    """

    role: str
    where: Where | None = None
    classes: frozenset[UUID] | None = None
    kinds: frozenset[str] | None = None
    person: UUID | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the tasks is asked for.

    Attributes:
        now: on the legal clock, by which a task is overdue.
        today: the legal day, on which roles stand.
        where: of which schools alone; none: of all.
        definition_id: of one process alone; empty: of all.
        late: overdue ones alone.
        after: the last task of the page before.
        limit: how many at most.
    """

    now: datetime
    today: date
    where: Where | None = None
    definition_id: str = ""
    late: bool = False
    after: "Place | None" = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands in the order of tasks."""

    late_at: datetime
    id: UUID

    @classmethod
    def of(cls, one: Case) -> "Place":
        """Give the place of a task."""
        return cls(one.late_at or NEVER, one.id)


def tasks(connection: Connection, shares: Sequence[Share], asked: Asked) -> list[Case]:
    """Read a page of tasks, the longest overdue first, then by what is due next; one statement."""
    if not shares:
        return []
    found = union(*(_part(one, asked) for one in shares)).subquery()
    query = with_digest.join(found, found.c.id == _own.id)
    rows = connection.execute(
        query.order_by(_own.late_at, _own.id).limit(_most(asked.limit)), {"today": asked.today}
    )
    return [read_case(row) for row in rows]


def count_tasks(connection: Connection, shares: Sequence[Share], asked: Asked) -> Count:
    """Count tasks and the overdue ones among them, up to `MOST_COUNTED`; one statement."""
    if not shares:
        return Count()
    most = replace(asked, limit=MOST_COUNTED)
    found = union(*(_part(one, most) for one in shares)).subquery()
    late = func.sum(case((found.c.late_at <= asked.now, 1), else_=0))
    query = select(func.count().label("held"), func.coalesce(late, 0).label("late")).select_from(found)
    row = connection.execute(query, {"today": asked.today}).one()
    return Count(min(row.held, MOST_COUNTED), min(row.late, MOST_COUNTED))


@dataclass(frozen=True, slots=True)
class Standing:
    """Open cases of a process that stand in one state."""

    definition_id: str
    state: str
    asked: Asked


def standing(connection: Connection, wanted: Standing) -> list[Case]:
    """Read a page of open cases of one state, the longest overdue first; one statement."""
    there = (_own.definition_id == wanted.definition_id, _own.state == wanted.state)
    query = with_digest.where(*there, _own.closed_at.is_(None), *_filters(wanted.asked))
    rows = connection.execute(query.order_by(_own.late_at, _own.id).limit(_most(wanted.asked.limit)))
    return [read_case(row) for row in rows]


def present_in(connection: Connection, definitions: Sequence[str], where: Where | None) -> set[str]:
    """Name those processes that have a case in these schools, ever; one statement."""
    if where is None or not definitions:
        return set(definitions)
    there = [
        select(literal(one).label("id")).where(
            select(_own.id).where(_own.definition_id == one, where.condition(_own.school_id)).exists()
        )
        for one in definitions
    ]
    return set(connection.execute(union(*there)).scalars())


def parts(connection: Connection, parent_id: UUID, limit: int) -> list[Case]:
    """Read sub-cases of a case: open ones first, the longest overdue before the others; one statement."""
    query = with_digest.where(_own.parent_id == parent_id)
    rows = connection.execute(query.order_by(_own.closed_at.is_not(None), _own.late_at, _own.id).limit(limit))
    return [read_case(row) for row in rows]


def _part(share: Share, asked: Asked) -> Select[Any]:
    """Ask for the tasks of one share; each share follows an index of its own, and ends after a page."""
    query = select(_own.id, _own.late_at).where(_own.closed_at.is_(None), _own.assignee_role == share.role)
    query = query.where(*_holder(share), *_narrow(share), *_filters(asked))
    part = query.order_by(_own.late_at, _own.id).limit(_most(asked.limit)).subquery()
    return select(part.c.id, part.c.late_at)


def _most(limit: int) -> ColumnElement[int]:
    """Write a limit into the statement: a plan for whatever limit would be one for a tenth of all rows."""
    return literal_column(str(int(limit)), Integer)


def _holder(share: Share) -> list[ColumnElement[bool]]:
    if share.held:
        return []
    if share.person is not None:
        return [_own.assignee_person == share.person]
    nobody = _own.assignee_person.is_(None)
    return [or_(nobody, ~holds_role(_own.assignee_person, _own.assignee_role, _own.school_id))]


def _narrow(share: Share) -> list[ColumnElement[bool]]:
    found = [] if share.where is None else [share.where.condition(_own.school_id)]
    if share.classes is not None:
        found.append(or_(_own.class_id.is_(None), _own.class_id.in_(sorted(share.classes))))
    if share.kinds is not None:
        found.append(_own.subject_kind.in_(sorted(share.kinds)))
    return found


def _filters(asked: Asked) -> list[ColumnElement[bool]]:
    found = [] if asked.where is None else [asked.where.condition(_own.school_id)]
    if asked.definition_id:
        found.append(_own.definition_id == asked.definition_id)
    if asked.late:
        found.append(_own.late_at <= asked.now)
    if asked.after is not None:
        seen = tuple_(literal(asked.after.late_at, UtcDateTime), literal(asked.after.id, _own.id.type))
        found.append(and_(tuple_(_own.late_at, _own.id) > seen))
    return found
