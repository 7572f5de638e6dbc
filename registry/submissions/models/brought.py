"""Acknowledgements that people brought as files: kept as they came, with what the check said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from registry.submissions.models.tables import brought_answers


def add_brought(connection: Connection, values: Mapping[str, object]) -> None:
    """Keep a file that somebody brought, before it is checked."""
    connection.execute(insert(brought_answers).values(**values))


def find_brought(connection: Connection, brought_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Read one file that was brought."""
    return connection.execute(select(brought_answers).where(brought_answers.c.id == brought_id)).first()


def brought_to(connection: Connection, submission_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """List what was brought to a submission, the newest first."""
    query = select(brought_answers).where(brought_answers.c.submission_id == submission_id)
    return connection.execute(query.order_by(brought_answers.c.brought_at.desc())).all()


def end_check(connection: Connection, brought_id: UUID, now: datetime, outcome: str) -> None:
    """Write down what the check of a file said."""
    connection.execute(
        update(brought_answers)
        .where(brought_answers.c.id == brought_id)
        .values(checked_at=now, outcome=outcome[:60])
    )
