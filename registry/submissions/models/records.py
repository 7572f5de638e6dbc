"""Submissions and their frozen lines: reading, freezing, changing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from registry.errors import N_, NotFoundError
from registry.storage.queries import among
from registry.submissions.message import Kind
from registry.submissions.models.tables import submission_lines, submissions
from registry.submissions.rules import Line
from registry.workflows.models.tables import cases


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission as it stands now; `version` grows with each change and is in its trail entries.

    Attributes:
        state: of its case; the case owns it.
        corrects: message id that this one corrects or takes entries from.
        changes: what changed since the last freeze, when that voided it.
    """

    id: UUID
    school_id: UUID
    programme: str
    kind: Kind
    sequence: int
    corrects: UUID | None
    version: int
    case_id: UUID
    opened_at: datetime
    message_id: UUID | None
    prepared_by: UUID | None
    prepared_at: datetime | None
    manifest: str | None
    manifest_sha256: str | None
    content_sha256: str | None
    payload_file: UUID | None
    signed_by: UUID | None
    signed_at: datetime | None
    message_file: UUID | None
    message_sha256: str | None
    message_bytes: int | None
    sealed_event: UUID | None
    changes: Any
    state: str


_reading = select(submissions, cases.c.state).join(cases, cases.c.id == submissions.c.case_id)


def add(connection: Connection, values: Mapping[str, object]) -> None:
    """Store a new submission."""
    connection.execute(insert(submissions).values(**values))


def get(connection: Connection, submission_id: UUID) -> Submission:
    """Read one submission.

    Raises:
        NotFoundError: there is none.
    """
    return _one(connection, _reading.where(submissions.c.id == submission_id))


def hold(connection: Connection, submission_id: UUID) -> Submission:
    """Read one submission and keep it from changing until the transaction ends."""
    return _one(connection, _reading.where(submissions.c.id == submission_id).with_for_update(of=submissions))


def _one(connection: Connection, query: Select[Any]) -> Submission:
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такой передачи нет."))
    return _submission(row)


def _submission(row: Row[*tuple[Any, ...]]) -> Submission:
    values: dict[str, Any] = {**row._mapping, "kind": Kind(row.kind)}  # noqa: SLF001 - its documented name
    return Submission(**values)


def change(connection: Connection, before: Submission, **values: object) -> Submission:
    """Change a held submission and count its version up."""
    connection.execute(
        update(submissions).where(submissions.c.id == before.id).values(**values, version=before.version + 1)
    )
    return get(connection, before.id)


def note_sealed(connection: Connection, submission: Submission, event_id: UUID) -> None:
    """Keep which trail event holds the digest of the sealed bytes."""
    connection.execute(
        update(submissions).where(submissions.c.id == submission.id).values(sealed_event=event_id)
    )


def of_school(connection: Connection, school_id: UUID, programme: str) -> list[Submission]:
    """List a school's submissions in a programme, the newest first."""
    query = _reading.where(submissions.c.school_id == school_id, submissions.c.programme == programme)
    return [_submission(row) for row in connection.execute(query.order_by(submissions.c.sequence.desc()))]


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
    query = select(
        submission_lines.c.student_id,
        submission_lines.c.class_name,
        submission_lines.c.state,
        submission_lines.c.entry_id,
        submission_lines.c.print,
    ).where(submission_lines.c.submission_id == submission_id)
    return {row.student_id: Line(*row) for row in connection.execute(query)}


def entries_held(
    connection: Connection, student_id: UUID, states: Collection[str]
) -> list[tuple[UUID, UUID]]:
    """Find (submission, entry) of a student in messages in these states, not yet taken back."""
    query = (
        select(submission_lines.c.submission_id, submission_lines.c.entry_id)
        .join(submissions, submissions.c.id == submission_lines.c.submission_id)
        .join(cases, cases.c.id == submissions.c.case_id)
        .where(
            submission_lines.c.student_id == student_id,
            submission_lines.c.entry_id.is_not(None),
            submission_lines.c.withdrawn_at.is_(None),
            submissions.c.kind != Kind.WITHDRAWAL,
            cases.c.state.in_(states),
        )
    )
    return [(row.submission_id, row.entry_id) for row in connection.execute(query)]


def mark_withdrawn(connection: Connection, entries: Collection[UUID], now: datetime) -> None:
    """Note that the platform is told to destroy these entries."""
    connection.execute(
        update(submission_lines)
        .where(among(connection, submission_lines.c.entry_id, entries))
        .values(withdrawn_at=now)
    )
