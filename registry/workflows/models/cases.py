"""Queries about cases as they stand."""

from collections import namedtuple
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.storage.queries import among
from registry.workflows.cases import Case, Subject
from registry.workflows.definition import WaitsFor
from registry.workflows.models.tables import NEVER, cases, workflow_versions

with_digest: Final = select(cases, workflow_versions.c.digest).join(
    workflow_versions,
    (workflow_versions.c.definition_id == cases.c.definition_id)
    & (workflow_versions.c.version == cases.c.version),
)
_NAMES = [column.name for column in with_digest.selected_columns]
# The same as a row, but what stands in it is found in a third of the time.
_Plain = namedtuple("_Plain", _NAMES)  # type: ignore[misc]  # noqa: PYI024 - its names follow the table
_by_id = with_digest.where(cases.c.id == bindparam("case_id"))
_held = _by_id.with_for_update(of=cases)
_due = (
    with_digest.where(cases.c.due_at <= bindparam("moment"))
    .order_by(cases.c.due_at, cases.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=cases)
)
_adding = {
    "postgresql": postgresql.insert(cases)
    .on_conflict_do_nothing(constraint="uq_cases_subject")
    .returning(cases.c.id),
    "sqlite": sqlite.insert(cases)
    .on_conflict_do_nothing(index_elements=["definition_id", "subject_kind", "subject_id"])
    .returning(cases.c.id),
}
_changed = (
    update(cases)
    .where(cases.c.id == bindparam("case_id"), cases.c.revision == bindparam("seen"))
    .values(
        state=bindparam("state"),
        revision=bindparam("revision"),
        assignee_role=bindparam("assignee_role"),
        assignee_person=bindparam("assignee_person"),
        entered_at=bindparam("entered_at"),
        due_at=bindparam("due_at"),
        due_line=bindparam("due_line"),
        due_turn=bindparam("due_turn"),
        closed_at=bindparam("closed_at"),
        late_at=bindparam("late_at"),
    )
)


def find(connection: Connection, case_id: UUID) -> Case | None:
    """Read one case."""
    row = connection.execute(_by_id, {"case_id": case_id}).first()
    return None if row is None else read_case(_Plain._make(row))


def every(connection: Connection) -> Iterator[Case]:
    """Read all cases, for the verifier of the trail."""
    for row in connection.execute(with_digest):
        yield read_case(row)


def find_by_subject(connection: Connection, definition_id: str, subject: Subject) -> Case | None:
    """Read the case of a definition about a subject."""
    asked = with_digest.where(
        cases.c.definition_id == definition_id,
        cases.c.subject_kind == subject.kind,
        cases.c.subject_id == subject.id,
    )
    row = connection.execute(asked).first()
    return None if row is None else read_case(row)


def find_by_subjects(
    connection: Connection, definition_id: str, kind: str, subjects: Collection[UUID]
) -> dict[UUID, Case]:
    """Read the cases of a definition about some subjects of a kind, by subject; one statement."""
    asked = with_digest.where(
        cases.c.definition_id == definition_id,
        cases.c.subject_kind == kind,
        among(connection, cases.c.subject_id, subjects),
    )
    return {row.subject_id: read_case(row) for row in connection.execute(asked)}


def find_due(connection: Connection, moment: datetime, limit: int) -> list[Case]:
    """Read cases whose deadline passed, the longest waiting first; no other worker gets them (PostgreSQL)."""
    rows = connection.execute(_due, {"moment": moment, "most": limit}).all()
    return [read_case(_Plain._make(row)) for row in rows]


def any_due(connection: Connection, moment: datetime) -> bool:
    """Whether some case's deadline passed; looks at one index entry and locks nothing."""
    return connection.execute(select(cases.c.id).where(cases.c.due_at <= moment).limit(1)).first() is not None


def hold(connection: Connection, case_id: UUID) -> Case | None:
    """Read one case and keep others from changing it until the transaction ends."""
    row = connection.execute(_held, {"case_id": case_id}).first()
    return None if row is None else read_case(_Plain._make(row))


def count_parts(connection: Connection, parent_id: UUID, waits_for: WaitsFor) -> tuple[int, int]:
    """Count the sub-cases that a step waits for: how many there are, and how many stand where they should."""
    there = func.count().filter(cases.c.state.in_(waits_for.states))
    asked = select(func.count(), there).where(
        cases.c.parent_id == parent_id, cases.c.definition_id == waits_for.process
    )
    every, ready = connection.execute(asked).one()
    return every, ready


def look_later(connection: Connection, case: Case) -> None:
    """Have the clock look at a case at another time; nothing of the case itself is changed."""
    names = ("due_at", "due_line", "due_turn", "late_at")
    waits = {name: value for name, value in _standing(case).items() if name in names}
    connection.execute(update(cases).where(cases.c.id == case.id).values(waits))


def change_classes(
    connection: Connection, about: tuple[str, str], classes: Mapping[UUID, UUID]
) -> frozenset[UUID]:
    """Write the classes of subjects into the cases about them; give the subjects whose case was in another.

    Args:
        connection: of an open transaction.
        about: id of the definition, and kind of the subjects.
        classes: the class of each subject; one statement for each class.
    """
    definition_id, kind = about
    mine = (cases.c.definition_id == definition_id) & (cases.c.subject_kind == kind)
    moved: set[UUID] = set()
    for class_id in sorted({*classes.values()}):
        subjects = [one for one, into in classes.items() if into == class_id]
        there = mine & among(connection, cases.c.subject_id, subjects)
        elsewhere = there & cases.c.class_id.is_distinct_from(class_id)
        changed = update(cases).where(elsewhere).values(class_id=class_id).returning(cases.c.subject_id)
        moved |= set(connection.execute(changed).scalars())
    return frozenset(moved)


def add_many(connection: Connection, begun: Sequence[Case]) -> frozenset[UUID]:
    """Write new cases but for those whose subject has one of this definition; give the ids of the others."""
    if not begun:
        return frozenset()
    added = connection.execute(_adding[connection.dialect.name], [_new(case) for case in begun])
    return frozenset(added.scalars())


def _new(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "definition_id": case.definition_id,
        "version": case.version,
        "subject_kind": case.subject.kind,
        "subject_id": case.subject.id,
        "school_id": case.school_id,
        "class_id": case.subject.class_id,
        "dates": {name: day.isoformat() for name, day in case.dates.items()},
        "started_at": case.started_at,
        "parent_id": case.parent_id,
        **_standing(case),
    }


def change(connection: Connection, changed: Sequence[Case]) -> bool:
    """Write how cases stand now, unless somebody changed one since the revision before: then it is false."""
    rows = [{"case_id": one.id, "seen": one.revision - 1, **_standing(one)} for one in changed]
    return connection.execute(_changed, rows).rowcount == len(rows)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a school are asked for; of what belongs to no school where none is named.

    Attributes:
        definition_id: of one definition; empty for all.
        closed: only those that are closed, or only those that are not; none for both.
    """

    school_id: UUID | None
    definition_id: str = ""
    closed: bool | None = None


def listed(connection: Connection, wanted: Wanted, after: UUID | None, limit: int) -> list[Case]:
    """List cases in the order in which they were started."""
    asked: Select[Any] = with_digest.where(cases.c.school_id == wanted.school_id)
    if wanted.definition_id:
        asked = asked.where(cases.c.definition_id == wanted.definition_id)
    if wanted.closed is not None:
        ended = cases.c.closed_at
        asked = asked.where(ended.is_not(None) if wanted.closed else ended.is_(None))
    if after is not None:
        asked = asked.where(cases.c.id > after)
    return [read_case(row) for row in connection.execute(asked.order_by(cases.c.id).limit(limit))]


def _standing(case: Case) -> dict[str, Any]:
    return {
        "state": case.state,
        "revision": case.revision,
        "assignee_role": case.assignee_role,
        "assignee_person": case.assignee_person,
        "entered_at": case.entered_at,
        "due_at": case.due_at,
        "due_line": case.due_line,
        "due_turn": case.due_turn,
        "closed_at": case.closed_at,
        "late_at": case.late_at or NEVER,
    }


def read_case(row: Any) -> Case:  # noqa: ANN401 - a row, or a plain tuple with its names
    """Make a case out of a row of `with_digest`."""
    return Case(
        id=row.id,
        definition_id=row.definition_id,
        version=row.version,
        digest=row.digest,
        state=row.state,
        revision=row.revision,
        subject=Subject(row.subject_kind, row.subject_id, row.class_id),
        school_id=row.school_id,
        assignee_role=row.assignee_role,
        assignee_person=row.assignee_person,
        dates={name: date.fromisoformat(day) for name, day in row.dates.items()},
        entered_at=row.entered_at,
        due_at=row.due_at,
        due_line=row.due_line,
        started_at=row.started_at,
        closed_at=row.closed_at,
        due_turn=row.due_turn,
        parent_id=row.parent_id,
        set_moves=row.set_moves,
        late_at=None if row.late_at == NEVER else row.late_at,
    )
