"""What a message and its acknowledgement still prove: by which key, and whether the key counted then."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.errors import N_, NotFoundError, RegistryError, TamperedError
from registry.keys import models as keys
from registry.keys.choosing import LATEST
from registry.keys.rules import Key, counts
from registry.sealing.public_keys import verify_kept, without_armor
from registry.sealing.sealer import Expected
from registry.submissions import facts
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.trail.models import first_checkpoint_over, last_event_of
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found; a trouble is none where the proof holds.

    Attributes:
        sealed_at: when a signed checkpoint stood over the sealed bytes' digest first.
        message_trouble, answer_trouble: why message or acknowledgement prove nothing.
    """

    submission: Submission
    sealed_at: datetime | None
    message_trouble: RegistryError | None
    answer_trouble: RegistryError | None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.message_trouble is None and self.answer_trouble is None


def evidence_of(work: Work, message_id: UUID) -> Evidence:
    """Check a message by what is kept here: bytes, keys, times under checkpoints, and the platform's answer.

    Raises:
        NotFoundError: no such message was sealed here.
    """
    submission = records.find_message(work.connection, message_id)
    if submission is None or submission.sealed_event is None:
        raise NotFoundError(N_("Такого запечатанного сообщения нет."), code="no-message")
    sealed_at = _proven(work, submission.sealed_event)
    return Evidence(
        submission,
        sealed_at,
        _message_trouble(work, submission, sealed_at),
        _answer_trouble(work, submission),
    )


def _message_trouble(work: Work, submission: Submission, sealed_at: datetime | None) -> RegistryError | None:
    try:
        _demand_counts(_key(work, submission.signing_key), sealed_at)
        kept = work.files.get(submission.message_file) if submission.message_file else b""
        if hashlib.sha256(kept).hexdigest() != submission.message_sha256:
            raise TamperedError(
                N_("Сохранённое сообщение не то, чей отпечаток в журнале."), code="message-changed"
            )
    except RegistryError as error:
        return error
    return None


def _answer_trouble(work: Work, submission: Submission) -> RegistryError | None:
    answer = exchange.answer_to(work.connection, submission)
    if answer is None:
        return None
    try:
        key = _key(work, answer.fingerprint)
        _demand_counts(key, _proven(work, last_event_of(work.connection, facts.KIND, submission.id)))
        ring = without_armor(str(key.public_key).encode())
        expected = Expected(answer.fingerprint, answer.received_at, LATEST)
        verify_kept(ring, answer.document.encode(), answer.signature.encode(), expected)
    except RegistryError as error:
        return error
    return None


def _proven(work: Work, event_id: UUID | None) -> datetime | None:
    first = first_checkpoint_over(work.connection, event_id) if event_id else None
    return first.published_at if first else None


def _key(work: Work, fingerprint: str | None) -> Key:
    found = keys.find(work.connection, fingerprint) if fingerprint else None
    if found is None:
        raise NotFoundError(N_("Ключ этого сообщения здесь не записан."), code="no-key")
    return found


def _demand_counts(key: Key, proven_at: datetime | None) -> None:
    if not counts(key, proven_at):
        raise TamperedError(
            N_("Ключ %(key)s отозван, и журнал не доказывает, что подпись сделана до отзыва."),
            code="key-revoked",
            key=key.fingerprint,
        )
