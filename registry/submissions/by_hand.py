"""What people do where no line does it: carry a message, bring its answer, have it sent once more."""

from dataclasses import dataclass
from uuid import UUID

from registry.consents.gate import clear, clear_withdrawal
from registry.errors import N_, ConflictError, InvalidError, TamperedError
from registry.programmes.usecases import programme_of
from registry.submissions import facts
from registry.submissions.message import Kind
from registry.submissions.models import brought, exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.standing import ON_ITS_WAY
from registry.trail.entries import EntryType
from registry.transports.acknowledgement import read_acknowledgement, read_envelope
from registry.transports.folder import note_of
from registry.transports.sealed import load
from registry.transports.transport import Way
from registry.work import Work
from registry.workflows import usecases as workflows


@dataclass(frozen=True, slots=True)
class Carried:
    """A sealed message with the note that goes along."""

    message_id: UUID
    message: bytes
    note: str


def carry(work: Work, submission_id: UUID) -> Carried:
    """Give the message to who carries it, through the gate once more: decisions may have changed since.

    Raises:
        ConflictError: `not-carried`: this message is not one to be carried, or not now;
            `not-cleared`: it is not what the decisions allow any more.
    """
    submission = records.hold(work.connection, submission_id)
    if not is_carried(work, submission):
        raise ConflictError(
            N_("Это сообщение не из тех, что относят вручную, или сейчас его не отдают."), code="not-carried"
        )
    receiver = programme_of(work, submission.school_id, submission.programme).receiver.name
    claim = facts.claim(work.connection, submission, receiver)
    whole = submission.kind is not Kind.WITHDRAWAL
    cleared = clear(work, claim) if whole else clear_withdrawal(work, claim)
    sealed = load(cleared, receiver, lambda file_id: work.files.get(UUID(file_id)))
    work.record(facts.mention(EntryType.DOCUMENT_FETCHED, submission))
    return Carried(cleared.message_id, sealed, note_of(cleared, len(sealed)))


def is_carried(work: Work, submission: Submission) -> bool:
    """Tell whether a message waits in the folder for somebody to carry it."""
    attempt = exchange.last_attempt(work.connection, submission)
    return attempt is not None and attempt.way == Way.FOLDER and submission.state == "handed_over"


def bring_answer(work: Work, submission_id: UUID, body: bytes) -> None:
    """Take the receiver's acknowledgement as a file; the worker verifies it, where the keys are.

    Raises:
        ConflictError: no message of this submission waits for an answer.
        InvalidError: the file is no acknowledgement, or one of another message.
    """
    submission = records.hold(work.connection, submission_id)
    if submission.state not in ON_ITS_WAY:
        raise ConflictError(N_("Эта передача сейчас не ждёт подтверждения."), code="not-waiting")
    _demand_of(submission, body)
    brought_id = work.new_id()
    brought.add_brought(
        work.connection,
        {
            "id": brought_id,
            "school_id": submission.school_id,
            "submission_id": submission.id,
            "document": body.decode("utf-8"),
            "brought_by": work.actor.id,
            "brought_at": work.now,
        },
    )
    work.record(facts.mention(EntryType.DOCUMENT_ATTACHED, submission))
    work.at_once("submissions.check_brought", brought_id=str(brought_id))


def _demand_of(submission: Submission, body: bytes) -> None:
    """Tell at once what needs no key: that a file is no acknowledgement, or not of this message."""
    try:
        said = read_acknowledgement(read_envelope(body).acknowledgement)
    except TamperedError:
        raise InvalidError(
            N_(
                "Это не файл подтверждения: нужен файл «номер сообщения.ack.json» от получателя, без "
                "изменений."
            ),
            code="acknowledgement-shape",
        ) from None
    if (said.message_id, said.message_sha256) != (submission.message_id, submission.message_sha256):
        raise InvalidError(
            N_("Это подтверждение другого сообщения. Номер этого сообщения: %(message_id)s."),
            code="acknowledgement-foreign",
            message_id=submission.message_id,
        )


def resend(work: Work, submission_id: UUID, message_sha256: str) -> Submission:
    """Have exactly this message sent again, once, under the same id; the step and who took it are recorded.

    Args:
        work: its actor decides it.
        submission_id: a submission whose message was handed over or whose outcome is unknown.
        message_sha256: digest of the sealed bytes as it stood on the page.

    Raises:
        ConflictError: another message is meant, the receiver can be asked, or the decisions changed since.
    """
    submission = records.hold(work.connection, submission_id)
    if submission.message_sha256 is None or submission.message_sha256 != message_sha256:
        raise ConflictError(
            N_("Сообщение с тех пор собрали заново: откройте страницу передачи снова."),
            code="message-changed",
        )
    workflows.advance(work, submission.case_id, "resend")
    return records.get(work.connection, submission_id)
