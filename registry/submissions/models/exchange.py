"""What went over the line and came back: attempts, acknowledgements, and the tasks of a rejection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from registry.submissions.models.records import Submission
from registry.submissions.models.tables import acknowledgements, attempts, submission_tasks


def begin_attempt(
    connection: Connection, attempt_id: UUID, submission: Submission, now: datetime, way: str
) -> None:
    """Write down that a sending begins, and by which road, before a byte leaves."""
    connection.execute(
        insert(attempts).values(
            id=attempt_id,
            school_id=submission.school_id,
            submission_id=submission.id,
            message_id=submission.message_id,
            way=way,
            started_at=now,
        )
    )


def end_attempt(connection: Connection, attempt_id: UUID, now: datetime, outcome: str, detail: str) -> bool:
    """Write down how a sending ended; false when somebody closed it before."""
    changed = connection.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None))
        .values(ended_at=now, outcome=outcome, detail=detail[:200])
    )
    return changed.rowcount == 1


def attempts_of(connection: Connection, submission_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """List the attempts of a submission, the oldest first."""
    query = select(attempts).where(attempts.c.submission_id == submission_id).order_by(attempts.c.started_at)
    return connection.execute(query).all()


def count_attempts(connection: Connection, submission: Submission) -> int:
    """Count the sendings of the submission's present message."""
    query = select(func.count()).where(
        attempts.c.school_id == submission.school_id,
        attempts.c.submission_id == submission.id,
        attempts.c.message_id == submission.message_id,
    )
    return connection.execute(query).scalar_one()


def acknowledgements_of(connection: Connection, submission_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """List the platform's verified answers to the messages of a submission, the oldest first."""
    query = select(acknowledgements).where(acknowledgements.c.submission_id == submission_id)
    return connection.execute(query.order_by(acknowledgements.c.received_at)).all()


def answer_to(connection: Connection, submission: Submission) -> Row[*tuple[Any, ...]] | None:
    """Read the platform's verified answer to the submission's present message, if there is one."""
    query = select(acknowledgements).where(
        acknowledgements.c.school_id == submission.school_id,
        acknowledgements.c.message_id == submission.message_id,
    )
    return connection.execute(query).first()


def every_answer(connection: Connection) -> dict[UUID, str]:
    """Read every verified answer by message id, for the verifier of the trail; one statement."""
    rows = connection.execute(select(acknowledgements.c.message_id, acknowledgements.c.document))
    return {row.message_id: row.document for row in rows}


def open_attempt(connection: Connection, submission_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Find an attempt that began and has no end: it is under way, or its process died."""
    query = select(attempts).where(attempts.c.submission_id == submission_id, attempts.c.ended_at.is_(None))
    return connection.execute(query.order_by(attempts.c.started_at.desc())).first()


def last_attempt(connection: Connection, submission: Submission) -> Row[*tuple[Any, ...]] | None:
    """Find the last attempt at the submission's present message."""
    query = select(attempts).where(
        attempts.c.school_id == submission.school_id,
        attempts.c.submission_id == submission.id,
        attempts.c.message_id == submission.message_id,
    )
    return connection.execute(query.order_by(attempts.c.started_at.desc()).limit(1)).first()


def was_handed_over(connection: Connection, submission: Submission) -> bool:
    """Tell whether the other end of a line has said at some time that it has the present message."""
    query = select(attempts.c.id).where(
        attempts.c.school_id == submission.school_id,
        attempts.c.submission_id == submission.id,
        attempts.c.message_id == submission.message_id,
        attempts.c.outcome == "handed_over",
    )
    return connection.execute(query.limit(1)).first() is not None


def add_acknowledgement(connection: Connection, values: Mapping[str, object]) -> None:
    """Store the platform's verified answer."""
    connection.execute(insert(acknowledgements).values(**values))


def add_tasks(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Store what the platform's rejection asks people to do."""
    if rows:
        connection.execute(insert(submission_tasks), rows)


def tasks_of(connection: Connection, submission_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """List what rejections of a submission ask for and is not done, by class."""
    query = select(submission_tasks).where(
        submission_tasks.c.submission_id == submission_id, submission_tasks.c.done_at.is_(None)
    )
    return connection.execute(query.order_by(submission_tasks.c.class_name, submission_tasks.c.id)).all()


def close_tasks(connection: Connection, submission_id: UUID, now: datetime) -> None:
    """Note that the tasks of a submission are done: a new message was made since."""
    connection.execute(
        update(submission_tasks)
        .where(submission_tasks.c.submission_id == submission_id, submission_tasks.c.done_at.is_(None))
        .values(done_at=now)
    )
