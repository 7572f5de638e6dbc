"""Submissions: adding, reading, changing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, insert, select, update

from registry.errors import N_, NotFoundError
from registry.storage.queries import among
from registry.submissions.message import Kind
from registry.submissions.models.tables import submissions
from registry.workflows.models.tables import cases


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission as it stands now; `version` grows with each change and is in its trail entries.

    Attributes:
        state: of its case; the case owns it.
        corrects: message id that this one corrects or takes entries from.
        lines_sha256: of the frozen lines; content_sha256: of the parts of the message.
        signing_key, recipient_key: fingerprints that the message was sealed with; none before it is sealed.
        sent_on: legal day of the last hand-over to the way out.
        changes: what changed since the last freeze, when that voided it.
        assignee_role: whose matter the case is now; an escalation makes it somebody else's.
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
    lines_sha256: str | None
    payload_file: UUID | None
    signed_by: UUID | None
    signed_at: datetime | None
    message_file: UUID | None
    message_sha256: str | None
    message_bytes: int | None
    sealed_event: UUID | None
    signing_key: str | None
    recipient_key: str | None
    sent_on: date | None
    verdict: str | None
    acknowledgement_sha256: str | None
    changes: Any
    state: str
    assignee_role: str | None
    closed_at: datetime | None


_of_case = (cases.c.state, cases.c.assignee_role, cases.c.closed_at)
_reading = select(submissions, *_of_case).join(cases, cases.c.id == submissions.c.case_id)


def add(connection: Connection, values: Mapping[str, object]) -> None:
    """Store a new submission."""
    connection.execute(insert(submissions).values(**values))


def get(connection: Connection, submission_id: UUID) -> Submission:
    """Read one submission.

    Raises:
        NotFoundError: there is none.
    """
    return _one(connection, _reading.where(submissions.c.id == submission_id))


def find_message(connection: Connection, message_id: UUID) -> Submission | None:
    """Find the submission whose present message has this id."""
    row = connection.execute(_reading.where(submissions.c.message_id == message_id)).first()
    return None if row is None else _submission(row)


def hold(connection: Connection, submission_id: UUID) -> Submission:
    """Read one submission and keep it from changing until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    # Locked first and read after it: whoever waited sees the state of the case as the other one left it.
    connection.execute(select(submissions.c.id).where(submissions.c.id == submission_id).with_for_update())
    return get(connection, submission_id)


def _one(connection: Connection, query: Select[Any]) -> Submission:
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такой передачи нет."), code="no-submission")
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
    return _all(connection, query.order_by(submissions.c.sequence.desc()))


def of_schools(connection: Connection, school_ids: Collection[UUID]) -> list[Submission]:
    """List the submissions of several schools, the newest first; one statement."""
    query = _reading.where(among(connection, submissions.c.school_id, school_ids))
    return _all(connection, query.order_by(submissions.c.sequence.desc()))


def every(connection: Connection) -> list[Submission]:
    """Read every submission, for the verifier of the trail; one statement."""
    return _all(connection, _reading)


def _all(connection: Connection, query: Select[Any]) -> list[Submission]:
    return [_submission(row) for row in connection.execute(query)]
