"""Queries about the history of cases."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from registry.workflows.cases import Case, Happening, Step
from registry.workflows.models.tables import case_history

_add = insert(case_history).inline()


def add_steps(connection: Connection, steps: Sequence[tuple[Case, Step, bytes | None]]) -> None:
    """Write lines of history of different cases; the notes are sealed."""
    connection.execute(_add, [_row(*one) for one in steps])


def history(connection: Connection, case_id: UUID) -> list[Step]:
    """Read the lines of a case's history, the first first; notes stay sealed."""
    lines = select(case_history).where(case_history.c.case_id == case_id).order_by(case_history.c.number)
    return [_step(row) for row in connection.execute(lines)]


def notes(
    connection: Connection, case_id: UUID, kinds: Collection[Happening] = tuple(Happening)
) -> Mapping[int, bytes]:
    """Read the sealed notes of a case by the number of their line, those of some kinds of lines alone."""
    lines = select(case_history.c.number, case_history.c.note).where(
        case_history.c.case_id == case_id,
        case_history.c.note.is_not(None),
        case_history.c.kind.in_(list(kinds)),
    )
    return {row.number: row.note for row in connection.execute(lines)}


def _row(case: Case, step: Step, note: bytes | None) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "school_id": case.school_id,
        "number": step.number,
        "kind": step.kind,
        "source": step.source,
        "target": step.target,
        "transition": step.transition,
        "actor_kind": step.actor_kind,
        "actor_id": step.actor_id,
        "actor_role": step.actor_role,
        "at": step.at,
        "reason": step.reason,
        "note": note,
        "given_to": step.given_to,
    }


def _step(row: Row[Any]) -> Step:
    return Step(
        number=row.number,
        kind=Happening(row.kind),
        source=row.source,
        target=row.target,
        transition=row.transition,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_role=row.actor_role,
        at=row.at,
        reason=row.reason,
        given_to=row.given_to,
    )
