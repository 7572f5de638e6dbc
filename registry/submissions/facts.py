"""What the trail holds of a submission, and what the gate is told of its message."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from registry.consents.gate import Claim
from registry.errors import N_, ConflictError
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.submissions.message import Kind
from registry.submissions.models import exchange, lines, records
from registry.submissions.models.records import Submission
from registry.submissions.rules import digest_of
from registry.trail.entries import Entry, EntryType, ObjectRef

KIND = "submission"


def state_of(submission: Submission) -> dict[str, Json]:
    """Write the whole state of a submission as the trail commits to it; digests and ids only."""
    keys = {"signing_key": submission.signing_key, "recipient_key": submission.recipient_key}
    # Left out where unknown: what was sealed before keys were written down stands in the trail without them.
    known: dict[str, Json] = {name: key for name, key in keys.items() if key is not None}
    return known | {
        "acknowledgement_sha256": submission.acknowledgement_sha256,
        "content_sha256": submission.content_sha256,
        "corrects": _text(submission.corrects),
        "kind": submission.kind.value,
        "lines_sha256": submission.lines_sha256,
        "manifest_sha256": submission.manifest_sha256,
        "message_bytes": submission.message_bytes,
        "message_id": _text(submission.message_id),
        "message_sha256": submission.message_sha256,
        "prepared_by": _text(submission.prepared_by),
        "programme": submission.programme,
        "school": str(submission.school_id),
        "sent_on": _text(submission.sent_on),
        "sequence": submission.sequence,
        "signed_by": _text(submission.signed_by),
        "verdict": submission.verdict,
    }


def entry(entry_type: EntryType, submission: Submission) -> Entry:
    """Say what happened to a submission."""
    about = ObjectRef(KIND, submission.id, submission.version)
    return Entry(entry_type, about, state_of(submission), submission.school_id)


def mention(entry_type: EntryType, submission: Submission) -> Entry:
    """Say what happened about a submission that did not change it."""
    return Entry(entry_type, ObjectRef(KIND, submission.id, submission.version), None, submission.school_id)


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each submission, for the verifier of the trail; three statements.

    Digests are made again from what is stored: a manifest, a line or an answer that was changed is found too.
    """
    answers = exchange.every_answer(connection)
    frozen = lines.every_line(connection)
    for one in records.every(connection):
        of_lines = digest_of(frozen[one.id]) if one.lines_sha256 or frozen[one.id] else None
        answer = answers.get(one.message_id) if one.message_id else None
        made = replace(
            one,
            manifest_sha256=_sha256(one.manifest),
            lines_sha256=of_lines,
            acknowledgement_sha256=_sha256(answer),
        )
        yield one.id, one.version, state_of(made)


def claim(connection: Connection, submission: Submission, receiver: str) -> Claim:
    """Say to the gate which sealed bytes want to leave, and who is in them.

    Raises:
        ConflictError: nothing was sealed yet.
    """
    if submission.message_id is None or submission.message_file is None or submission.message_sha256 is None:
        raise ConflictError(N_("Сообщение ещё не подписано и не зашифровано."), code="not-sealed")
    whole = submission.kind is not Kind.WITHDRAWAL
    frozen = lines.lines_of(connection, submission.id).values() if whole else ()
    return Claim(
        message_id=submission.message_id,
        school_id=submission.school_id,
        programme_id=submission.programme,
        file_id=str(submission.message_file),
        sha256=submission.message_sha256,
        receiver=receiver,
        students=frozenset(line.student_id for line in frozen if line.entry_id),
    )


def _sha256(text: str | None) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest() if text is not None else None


def _text(value: UUID | date | None) -> str | None:
    return str(value) if value else None
