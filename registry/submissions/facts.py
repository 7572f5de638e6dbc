"""What the trail holds of a submission."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, select

from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.submissions.models.tables import submissions
from registry.trail.entries import Entry, EntryType, ObjectRef

KIND = "submission"


def state_of(submission: Submission) -> dict[str, Json]:
    """Write the whole state of a submission as the trail commits to it; digests and ids only."""
    return {
        "content_sha256": submission.content_sha256,
        "corrects": _text(submission.corrects),
        "kind": submission.kind.value,
        "manifest_sha256": submission.manifest_sha256,
        "message_bytes": submission.message_bytes,
        "message_id": _text(submission.message_id),
        "message_sha256": submission.message_sha256,
        "prepared_by": _text(submission.prepared_by),
        "programme": submission.programme,
        "school": str(submission.school_id),
        "sequence": submission.sequence,
        "signed_by": _text(submission.signed_by),
    }


def entry(entry_type: EntryType, submission: Submission) -> Entry:
    """Say what happened to a submission."""
    about = ObjectRef(KIND, submission.id, submission.version)
    return Entry(entry_type, about, state_of(submission), submission.school_id)


def mention(entry_type: EntryType, submission: Submission) -> Entry:
    """Say what happened about a submission that did not change it."""
    return Entry(entry_type, ObjectRef(KIND, submission.id, submission.version), None, submission.school_id)


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each submission, for the verifier of the trail."""
    for submission_id in connection.execute(select(submissions.c.id)).scalars().all():
        submission = records.get(connection, submission_id)
        yield submission.id, submission.version, state_of(submission)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
