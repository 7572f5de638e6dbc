"""What went over the line and came back: attempts, acknowledgements, and the tasks of a rejection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from registry.submissions.models.records import Submission
from registry.submissions.models.tables import acknowledgements, attempts, submission_tasks


def begin_attempt(connection: Connection, attempt_id: UUID, submission: Submission, now: datetime) -> None:
    """Write down that a sending begins, before a byte leaves."""
    connection.execute(
        insert(attempts).values(
            id=attempt_id, school_id=submission.school_id, submission_id=submission.id, started_at=now
        )
    )


def end_attempt(connection: Connection, attempt_id: UUID, now: datetime, outcome: str, detail: str) -> None:
    """Write down how a sending ended."""
    connection.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id)
        .values(ended_at=now, outcome=outcome, detail=detail[:200])
    )


def attempts_of(connection: Connection, submission_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """List the attempts of a submission, the oldest first."""
    query = select(attempts).where(attempts.c.submission_id == submission_id).order_by(attempts.c.started_at)
    return connection.execute(query).all()


def acknowledgement_of(connection: Connection, submission_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Read the platform's verified answer, if there is one."""
    query = select(acknowledgements).where(acknowledgements.c.submission_id == submission_id)
    return connection.execute(query).first()


def open_attempt(connection: Connection, submission_id: UUID) -> UUID | None:
    """Find an attempt that began and has no end: its process died, so its outcome is unknown."""
    query = select(attempts.c.id).where(
        attempts.c.submission_id == submission_id, attempts.c.ended_at.is_(None)
    )
    return connection.execute(query).scalar()


def add_acknowledgement(connection: Connection, values: Mapping[str, object]) -> None:
    """Store the platform's verified answer."""
    connection.execute(insert(acknowledgements).values(**values))


def add_tasks(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Store what the platform's rejection asks people to do."""
    if rows:
        connection.execute(insert(submission_tasks), rows)


def open_tasks(connection: Connection, school_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """List what a rejection asks for and is not done."""
    query = select(submission_tasks).where(
        submission_tasks.c.school_id == school_id, submission_tasks.c.done_at.is_(None)
    )
    return connection.execute(query.order_by(submission_tasks.c.given_at)).all()
