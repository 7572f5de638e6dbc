"""What the worker does with a signed-off submission: seal it, hand it over, ask about it.

Every step survives being killed and run again: bytes are stored before the row names them, an attempt is
written before a byte leaves, and an attempt without an end is never guessed about but asked after.
"""

import hashlib
import logging
from uuid import UUID

from registry.consents.gate import clear, clear_withdrawal
from registry.errors import N_, UnavailableError
from registry.jobs.names import errand
from registry.sealing.sealer import seal_bytes
from registry.submissions import facts
from registry.submissions.answers import take_answer
from registry.submissions.message import Kind
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.usecases import changes_since_freeze, void
from registry.submissions.way_out import WayOut, way_out
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.publisher import ensure_published
from registry.transports.cleared import Cleared
from registry.transports.transport import Outcome, Result
from registry.workflows import usecases as workflows
from registry.work import Registry, Work

log = logging.getLogger(__name__)
TO_SEAL = {"signed_off", "built"}
NOTHING_LEFT = {Result.NOT_SENT, Result.REFUSED}


@errand("submissions.seal")
def seal(registry: Registry, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Sign and encrypt the frozen bytes, store them, and put their digest into the trail."""
    with registry.reading(SYSTEM) as work:
        submission = records.get(work.connection, UUID(subject_id))
    if submission.state not in TO_SEAL or submission.payload_file is None:
        return
    with way_out(registry) as out:
        message = seal_bytes(out.sealer, registry.files.get(submission.payload_file), out.parties)
    with registry.work(SYSTEM) as work:
        _store_sealed(work, submission, message)


def _store_sealed(work: Work, before: Submission, message: bytes) -> None:
    submission = records.hold(work.connection, before.id)
    if submission.state not in TO_SEAL or submission.message_id != before.message_id:
        return
    message_file = work.new_id()
    work.files.put(message_file, message)
    sealed = records.change(
        work.connection,
        submission,
        message_file=message_file,
        message_sha256=hashlib.sha256(message).hexdigest(),
        message_bytes=len(message),
    )
    recorded = work.record(facts.entry(EntryType.SUBMISSION_SEALED, sealed))
    records.note_sealed(work.connection, sealed, recorded.event_id)
    workflows.advance(work, sealed.case_id, "seal")


@errand("submissions.hand_over")
def hand_over(registry: Registry, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Send the sealed bytes, under a published checkpoint and after the decisions were evaluated once more.

    Raises:
        UnavailableError: the way out is closed or the platform does not answer; the promise comes up again.
    """
    pursue(registry, UUID(subject_id))


@errand("submissions.ask")
def ask(registry: Registry, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Ask the platform what became of a message whose outcome is unknown.

    Raises:
        UnavailableError: it gave no answer; the promise comes up again after a pause.
    """
    pursue(registry, UUID(subject_id))


def pursue(registry: Registry, submission_id: UUID) -> None:
    """Do what the submission's state asks for next; quiet when nothing is left to do."""
    with registry.reading(SYSTEM) as work:
        submission = records.get(work.connection, submission_id)
    if submission.state == "sending":
        resolve_lost(registry, submission_id)
    elif submission.state == "sealed" and submission.sealed_event is not None:
        ensure_published(registry.engine, registry.trail, registry.now(), submission.sealed_event)
        with way_out(registry) as out:
            send(registry, submission_id, out)
    elif submission.state == "unknown" and submission.message_id is not None:
        with way_out(registry) as out:
            _ask(registry, submission, out)


def send(registry: Registry, submission_id: UUID, out: WayOut) -> None:
    """Clear the message and begin an attempt in one transaction; then send; then write down what came of it.

    Raises:
        UnavailableError: nothing was sent, it is to be tried again.
    """
    with registry.work(SYSTEM) as work:
        begun = _begin(work, submission_id, out)
    if begun is None:
        return
    cleared, attempt_id = begun
    outcome = out.transport.send(cleared)
    with registry.work(SYSTEM) as work:
        exchange.end_attempt(work.connection, attempt_id, work.now, outcome.result.value, outcome.reason)
        settle(work, submission_id, outcome, out)
    if outcome.result in NOTHING_LEFT:
        raise UnavailableError(
            N_("Сообщение не ушло: платформа недоступна; отправка будет повторена."), code="not-sent"
        )


def _begin(work: Work, submission_id: UUID, out: WayOut) -> tuple[Cleared, UUID] | None:
    """Evaluate the decisions in the transaction that lets the message go; an act since the freeze stops it."""
    submission = records.hold(work.connection, submission_id)
    cleared = _clear(work, submission, out.receiver)
    if cleared is None:
        return None
    workflows.advance(work, submission.case_id, "hand_over")
    attempt_id = work.new_id()
    exchange.begin_attempt(work.connection, attempt_id, submission, work.now)
    work.record(facts.mention(EntryType.SUBMISSION_SENT, submission))
    return cleared, attempt_id


def _clear(work: Work, submission: Submission, receiver: str) -> Cleared | None:
    if submission.kind is Kind.WITHDRAWAL:
        return clear_withdrawal(work, facts.claim(submission, receiver))
    changes = changes_since_freeze(work, submission)
    if changes:
        log.warning("submission-stopped", extra={"submission": str(submission.id), "changes": len(changes)})
        void(work, submission, changes)
        return None
    return clear(work, facts.claim(submission, receiver))


def settle(work: Work, submission_id: UUID, outcome: Outcome, out: WayOut) -> None:
    """Move the case by what came of an attempt or a question."""
    submission = records.hold(work.connection, submission_id)
    if outcome.result is Result.ANSWERED:
        take_answer(work, submission, outcome.acknowledgement, out)
    elif outcome.result in NOTHING_LEFT and submission.state == "sending":
        workflows.advance(work, submission.case_id, "keep", context={"reason": outcome.reason or "not-sent"})
    elif submission.state == "sending":
        workflows.advance(work, submission.case_id, "lose", context={"reason": outcome.reason or "unknown"})
        work.record(facts.mention(EntryType.SUBMISSION_UNKNOWN, submission))


def resolve_lost(registry: Registry, submission_id: UUID) -> None:
    """Close the attempt of a process that died in the middle: its outcome is unknown."""
    with registry.work(SYSTEM) as work:
        submission = records.hold(work.connection, submission_id)
        attempt_id = exchange.open_attempt(work.connection, submission_id)
        if submission.state != "sending" or attempt_id is None:
            return
        exchange.end_attempt(work.connection, attempt_id, work.now, Result.UNKNOWN.value, "process-ended")
        workflows.advance(work, submission.case_id, "lose", context={"reason": "process-ended"})
        work.record(facts.mention(EntryType.SUBMISSION_UNKNOWN, submission))


def _ask(registry: Registry, submission: Submission, out: WayOut) -> None:
    if submission.message_id is None:
        return
    outcome = out.transport.ask(submission.message_id)
    if outcome.result is Result.NOT_RECEIVED:
        send(registry, submission.id, out)
        return
    if outcome.result is not Result.ANSWERED:
        raise UnavailableError(
            N_("Платформа не отвечает о сообщении; вопрос будет повторён."), code="no-answer"
        )
    with registry.work(SYSTEM) as work:
        settle(work, submission.id, outcome, out)
