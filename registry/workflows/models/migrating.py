"""Statements that move a set of cases to another version, and queries about such moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from registry.workflows.cases import Happening
from registry.workflows.models.tables import NEVER, case_history, cases, workflow_migrations

BATCH = 10_000
DUE = ("due_at", "due_line", "due_turn")


@dataclass(frozen=True, slots=True)
class Group:
    """Open cases of one version that stand in one state, and wait for one deadline or for none.

    Attributes:
        any_line: whichever deadline they wait for; `due_line` says nothing then.
    """

    definition_id: str
    version: int
    state: str
    due_line: int | None = None
    any_line: bool = False

    @property
    def condition(self) -> ColumnElement[bool]:
        """Which rows of `cases` it means."""
        line: ColumnElement[bool] = true()
        if not self.any_line:
            line = cases.c.due_line.is_not_distinct_from(self.due_line)
        return (
            (cases.c.definition_id == self.definition_id)
            & (cases.c.version == self.version)
            & (cases.c.state == self.state)
            & cases.c.closed_at.is_(None)
            & line
        )


@dataclass(frozen=True, slots=True)
class Migration:
    """A set that was moved.

    Attributes:
        source, target: the versions before and after; `mapping`: the states before and after.
    """

    id: UUID
    definition_id: str
    source: int
    target: int
    mapping: Mapping[str, str]
    moved: int
    moved_at: datetime
    actor_id: UUID | None


@dataclass(frozen=True, slots=True)
class Countable:
    """A case whose next deadline has to be counted."""

    id: UUID
    subject_id: UUID
    school_id: UUID | None
    entered_at: datetime
    dates: Mapping[str, date]
    due_at: datetime | None
    due_turn: int | None


def standing(connection: Connection, definition_id: str, version: int) -> dict[tuple[str, int | None], int]:
    """Count the open cases of a version by state and awaited deadline."""
    asked = (
        select(cases.c.state, cases.c.due_line, func.count().label("held"))
        .where(
            cases.c.definition_id == definition_id,
            cases.c.version == version,
            cases.c.closed_at.is_(None),
        )
        .group_by(cases.c.state, cases.c.due_line)
    )
    return {(row.state, row.due_line): row.held for row in connection.execute(asked)}


def hold_above_set(connection: Connection, definition_id: str, version: int) -> None:
    """Hold the cases that open ones of a version are part of: before these, as every step does."""
    parts = select(cases.c.parent_id).where(
        cases.c.definition_id == definition_id,
        cases.c.version == version,
        cases.c.closed_at.is_(None),
        cases.c.parent_id.is_not(None),
    )
    held = select(cases.c.id).where(cases.c.id.in_(parts)).order_by(cases.c.id).with_for_update().subquery()
    connection.execute(select(func.count()).select_from(held))


def hold_set(connection: Connection, definition_id: str, version: int) -> None:
    """Keep everybody else from changing the open cases of a version until the transaction ends."""
    held = (
        select(cases.c.id)
        .where(
            cases.c.definition_id == definition_id,
            cases.c.version == version,
            cases.c.closed_at.is_(None),
        )
        .order_by(cases.c.id)
        .with_for_update()
        .subquery()
    )
    connection.execute(select(func.count()).select_from(held))


def add_migration(connection: Connection, migration: Migration) -> None:
    """Write down that a set is moved."""
    connection.execute(insert(workflow_migrations), asdict(migration))


def write_lines(connection: Connection, group: Group, target: str, line: Mapping[str, Any]) -> int:
    """Write the line of history of each case of a group that is about to be moved; give their number."""
    values: dict[str, Any] = {
        "case_id": cases.c.id,
        "number": cases.c.revision + 1,
        "school_id": cases.c.school_id,
        "kind": Happening.MIGRATED.value,
        "source": cases.c.state,
        "target": target,
        "before_role": cases.c.assignee_role,
        "before_person": cases.c.assignee_person,
        **line,
    }
    chosen = [
        value if isinstance(value, ColumnElement) else literal(value, case_history.c[name].type).label(name)
        for name, value in values.items()
    ]
    lines = select(*chosen).where(group.condition)
    return connection.execute(insert(case_history).from_select(list(values), lines)).rowcount


def move_together(connection: Connection, group: Group, new: Mapping[str, Any]) -> None:
    """Move the cases of a group, all in the same way; what is not in `new` stays as it is."""
    connection.execute(update(cases).where(group.condition).values(**_forth(), **new))


def countable(connection: Connection, group: Group) -> Iterator[list[Countable]]:
    """Read the cases of a group part after part; each part has to be moved before the next is read."""
    asked: Select[Any] = select(*[cases.c[name] for name in Countable.__dataclass_fields__])
    asked = asked.where(group.condition).limit(BATCH)
    while rows := connection.execute(asked).all():
        yield [_countable(row) for row in rows]


def move_each(
    connection: Connection, new: Mapping[str, Any], dues: Sequence[tuple[UUID, Mapping[str, Any]]]
) -> None:
    """Move some cases, each to its own next deadline."""
    each = update(cases).where(cases.c.id == bindparam("one"))
    each = each.values(
        **_forth(), **new, **{name: bindparam(f"next_{name}") for name in DUE}, late_at=bindparam("late")
    )
    rows = [
        {"one": case_id, **{f"next_{name}": due[name] for name in DUE}, "late": due["late_at"] or NEVER}
        for case_id, due in dues
    ]
    connection.execute(each, rows)


def ids_in(connection: Connection, group: Group) -> list[UUID]:
    """List the cases of a group."""
    return list(connection.execute(select(cases.c.id).where(group.condition).order_by(cases.c.id)).scalars())


def above_moved(connection: Connection, migration_id: UUID) -> list[UUID]:
    """List the cases of which a set moved a sub-case to another state."""
    asked = (
        select(cases.c.parent_id)
        .join(case_history, case_history.c.case_id == cases.c.id)
        .where(
            case_history.c.migration_id == migration_id,
            case_history.c.source != case_history.c.target,
            cases.c.parent_id.is_not(None),
        )
        .distinct()
        .order_by(cases.c.parent_id)
    )
    return list(connection.execute(asked).scalars())


def migrations(connection: Connection) -> list[Migration]:
    """List the sets that were moved, the first first."""
    rows = connection.execute(select(workflow_migrations).order_by(workflow_migrations.c.id))
    return [Migration(**row._mapping) for row in rows]  # noqa: SLF001 - its documented name


def moved_lines(connection: Connection, migration_id: UUID | None = None) -> Iterator[Row[Any]]:
    """Read the lines of history of one set, or of all, by case and number.

    Rows: migration_id, case_id, number, source, target, before_role, before_person.
    """
    names = ("migration_id", "case_id", "number", "source", "target", "before_role", "before_person")
    asked = select(*[case_history.c[name] for name in names])
    chosen = case_history.c.migration_id
    asked = asked.where(chosen.is_not(None) if migration_id is None else chosen == migration_id)
    yield from connection.execute(asked.order_by(case_history.c.case_id, case_history.c.number))


def versions_left(connection: Connection, case_id: UUID) -> dict[int, int]:
    """Tell which version a case left with which line of its history."""
    asked = (
        select(case_history.c.number, workflow_migrations.c.source)
        .join(workflow_migrations, workflow_migrations.c.id == case_history.c.migration_id)
        .where(case_history.c.case_id == case_id)
    )
    return {row.number: row.source for row in connection.execute(asked)}


def _forth() -> dict[str, Any]:
    return {"revision": cases.c.revision + 1, "set_moves": cases.c.set_moves + 1}


def _countable(row: Row[Any]) -> Countable:
    days = {name: date.fromisoformat(day) for name, day in row.dates.items()}
    return Countable(**{**row._mapping, "dates": days})  # noqa: SLF001 - its documented name
