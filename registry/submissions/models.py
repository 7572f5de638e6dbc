"""Tables and queries of submissions: the frozen lines, the attempts to send, the platform's answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    insert,
    select,
    update,
)

from registry.errors import N_, NotFoundError
from registry.storage.schema import JsonText, UtcDateTime, metadata
from registry.submissions.message import Kind

submissions = Table(
    "submissions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("programme", String(80), nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("message_id", Uuid, nullable=False, unique=True),
    Column("corrects", Uuid),
    Column("state", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("case_id", Uuid),
    Column("prepared_by", Uuid),
    Column("prepared_at", UtcDateTime, nullable=False),
    Column("signed_by", Uuid),
    Column("signed_at", UtcDateTime),
    Column("manifest", Text, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("payload_file", Uuid, nullable=False),
    Column("message_file", Uuid),
    Column("message_sha256", String(64)),
    Column("message_bytes", Integer),
    Column("sealed_event", Uuid),
    Column("changes", JsonText),
    UniqueConstraint("school_id", "id"),
    Index("ix_submissions_school_programme", "school_id", "programme", "sequence"),
)

submission_lines = Table(
    "submission_lines",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("submission_id", Uuid, primary_key=True),
    Column("student_id", Uuid, primary_key=True),
    Column("class_name", String(20), nullable=False),
    Column("state", String(24), nullable=False),
    Column("entry_id", Uuid),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    Index("ix_submission_lines_student", "student_id"),
)

attempts = Table(
    "submission_attempts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(24)),
    Column("detail", String(200)),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    Index("ix_submission_attempts_submission", "school_id", "submission_id"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reasons", JsonText, nullable=False),
    Column("document", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("fingerprint", String(40), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    UniqueConstraint("school_id", "submission_id"),
)


class State(StrEnum):
    """Where a submission stands; the transitions between them are the definition `submission`."""

    PREPARED = "prepared"
    VOIDED = "voided"
    SIGNED_OFF = "signed_off"
    SEALED = "sealed"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission as it stands now; `version` grows with each change and is in its trail entries."""

    id: UUID
    school_id: UUID
    programme: str
    programme_version: int
    kind: Kind
    sequence: int
    message_id: UUID
    corrects: UUID | None
    state: State
    version: int
    case_id: UUID | None
    prepared_by: UUID | None
    prepared_at: datetime
    signed_by: UUID | None
    signed_at: datetime | None
    manifest: str
    manifest_sha256: str
    content_sha256: str
    payload_file: UUID
    message_file: UUID | None
    message_sha256: str | None
    message_bytes: int | None
    sealed_event: UUID | None
    changes: Any


@dataclass(frozen=True, slots=True)
class Line:
    """What was frozen about one student: the decision, and the entry if he is in the message."""

    student_id: UUID
    class_name: str
    state: str
    entry_id: UUID | None


def add(connection: Connection, submission: Mapping[str, object], frozen: Sequence[Line]) -> None:
    """Store a submission with its lines; two statements."""
    connection.execute(insert(submissions).values(**submission))
    rows = [
        {
            "school_id": submission["school_id"],
            "submission_id": submission["id"],
            "student_id": line.student_id,
            "class_name": line.class_name,
            "state": line.state,
            "entry_id": line.entry_id,
        }
        for line in frozen
    ]
    if rows:
        connection.execute(insert(submission_lines), rows)


def get(connection: Connection, submission_id: UUID) -> Submission:
    """Read one submission."""
    return _one(connection, select(submissions).where(submissions.c.id == submission_id))


def hold(connection: Connection, submission_id: UUID) -> Submission:
    """Read one submission and keep it from changing until the transaction ends."""
    return _one(connection, select(submissions).where(submissions.c.id == submission_id).with_for_update())


def _one(connection: Connection, query: "Select[Any]") -> Submission:
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такой передачи нет."))
    return _submission(row)


def _submission(row: Any) -> Submission:  # noqa: ANN401 - a row of an untyped select
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's mapping
    return Submission(**{**values, "kind": Kind(row.kind), "state": State(row.state)})


def change(connection: Connection, before: Submission, **values: object) -> Submission:
    """Change a held submission and count its version up."""
    connection.execute(
        update(submissions)
        .where(submissions.c.id == before.id, submissions.c.version == before.version)
        .values(**values, version=before.version + 1)
    )
    return get(connection, before.id)


def of_school(connection: Connection, school_id: UUID, programme: str) -> list[Submission]:
    """List a school's submissions in a programme, the newest first."""
    query = (
        select(submissions)
        .where(submissions.c.school_id == school_id, submissions.c.programme == programme)
        .order_by(submissions.c.prepared_at.desc(), submissions.c.id.desc())
    )
    return [_submission(row) for row in connection.execute(query)]


def lines_of(connection: Connection, submission_id: UUID) -> dict[UUID, Line]:
    """Read the frozen lines of a submission by student."""
    query = select(
        submission_lines.c.student_id,
        submission_lines.c.class_name,
        submission_lines.c.state,
        submission_lines.c.entry_id,
    ).where(submission_lines.c.submission_id == submission_id)
    return {row.student_id: Line(*row) for row in connection.execute(query)}


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


def attempts_of(connection: Connection, submission_id: UUID) -> "Sequence[Any]":
    """List the attempts of a submission, the oldest first."""
    query = select(attempts).where(attempts.c.submission_id == submission_id).order_by(attempts.c.started_at)
    return connection.execute(query).all()


def acknowledgement_of(connection: Connection, submission_id: UUID) -> "Any":  # noqa: ANN401 - a row
    """Read the platform's verified answer, if there is one."""
    query = select(acknowledgements).where(acknowledgements.c.submission_id == submission_id)
    return connection.execute(query).first()
