"""Frozen lines: what a submission says of each student of the roster."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from registry.storage.queries import among
from registry.submissions.models.records import Submission
from registry.submissions.models.tables import submission_lines, submissions
from registry.submissions.rules import Line
from registry.workflows.models.tables import cases

COLLECTING: Final = ("collecting", "ready")
"""States of a submission in which nothing is frozen: what stands in its lines was voided."""

_line = select(
    submission_lines.c.student_id,
    submission_lines.c.class_name,
    submission_lines.c.state,
    submission_lines.c.entry_id,
    submission_lines.c.print,
)


def replace_lines(connection: Connection, submission: Submission, frozen: Sequence[Line]) -> None:
    """Store the frozen lines in the place of those of an earlier freeze."""
    connection.execute(delete(submission_lines).where(submission_lines.c.submission_id == submission.id))
    rows = [
        {
            "school_id": submission.school_id,
            "submission_id": submission.id,
            "student_id": line.student_id,
            "class_name": line.class_name,
            "state": line.state,
            "entry_id": line.entry_id,
            "print": line.print,
        }
        for line in frozen
    ]
    if rows:
        connection.execute(insert(submission_lines), rows)


def lines_of(connection: Connection, submission_id: UUID) -> dict[UUID, Line]:
    """Read the frozen lines of a submission by student."""
    query = _line.where(submission_lines.c.submission_id == submission_id)
    return {row.student_id: Line(*row) for row in connection.execute(query)}


def students_frozen_since(connection: Connection, school_id: UUID, since: datetime) -> set[UUID]:
    """Name the students in messages of a school that were frozen since a moment and not voided."""
    frozen = (
        select(submission_lines.c.student_id)
        .join(submissions, submissions.c.id == submission_lines.c.submission_id)
        .join(cases, cases.c.id == submissions.c.case_id)
        .where(
            submission_lines.c.school_id == school_id,
            submissions.c.prepared_at >= since,
            cases.c.state.not_in(COLLECTING),
        )
    )
    return set(connection.execute(frozen).scalars())


def every_line(connection: Connection) -> dict[UUID, list[Line]]:
    """Read the lines of every submission by its id, for the verifier of the trail; one statement."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for row in connection.execute(_line.add_columns(submission_lines.c.submission_id)):
        found[row.submission_id].append(Line(*row[:-1]))
    return found


def live_entry(connection: Connection, submission_id: UUID, student_id: UUID) -> UUID | None:
    """Find a student's entry in a submission, unless the platform was told to destroy it."""
    query = select(submission_lines.c.entry_id).where(
        submission_lines.c.submission_id == submission_id,
        submission_lines.c.student_id == student_id,
        submission_lines.c.withdrawn_at.is_(None),
    )
    return connection.execute(query).scalar()


def mark_withdrawn(connection: Connection, entries: Collection[UUID], now: datetime) -> None:
    """Note that the platform is told to destroy these entries."""
    connection.execute(
        update(submission_lines)
        .where(among(connection, submission_lines.c.entry_id, entries))
        .values(withdrawn_at=now)
    )
