"""What the worker does with a signed-off submission: seal it, hand it over, ask about it.

Every step survives being killed and run again: bytes are stored before the row names them, an attempt is
written before a byte leaves, and an attempt without an end is never guessed about but asked after.
"""

import hashlib
from uuid import UUID

from registry.errors import N_, UnavailableError
from registry.jobs.names import Conclusion, errand
from registry.sealing.sealer import Parties, seal_bytes
from registry.storage.failpoints import reach
from registry.submissions import facts
from registry.submissions.looking import STILL_UNKNOWN, look_later
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.submissions.sending import RESENDING, RETRIES, resolve_lost, send, settle
from registry.submissions.way_out import TO_SEAL, WayOut, demand_usable, way_out
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.publisher import ensure_published
from registry.transports.transport import Result
from registry.work import Registry, Work
from registry.workflows import usecases as workflows


@errand("submissions.seal", N_("Подписать и зашифровать сообщение платформе"))
def seal(registry: Registry, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Sign and encrypt the frozen bytes, store them, and put their digest into the trail.

    Raises:
        ConflictError: a key is revoked or expired; the promise comes up again until it was replaced.
    """
    with registry.reading(SYSTEM) as work:
        submission = records.get(work.connection, UUID(subject_id))
        if submission.state not in TO_SEAL or submission.payload_file is None:
            return
        demand_usable(work, submission)
    with way_out(registry, submission) as out:
        message = seal_bytes(out.sealer, registry.files.get(submission.payload_file), out.parties)
    reach("seal.sealed-before-store")
    with registry.work(SYSTEM) as work:
        _store_sealed(work, submission, message, out.parties)


def _store_sealed(work: Work, before: Submission, message: bytes, parties: Parties) -> None:
    submission = records.hold(work.connection, before.id)
    if submission.state not in TO_SEAL or submission.message_id != before.message_id:
        return
    # Once more, in this very transaction: a key may have been revoked while gpg was at work.
    demand_usable(work, submission)
    message_file = work.new_id()
    reach("seal.before-file")
    work.files.put(message_file, message)
    reach("seal.file-before-row")
    sealed = records.change(
        work.connection,
        submission,
        message_file=message_file,
        message_sha256=hashlib.sha256(message).hexdigest(),
        message_bytes=len(message),
        signing_key=parties.signer,
        recipient_key=parties.recipient,
    )
    reach("seal.row-before-entry")
    recorded = work.record(facts.entry(EntryType.SUBMISSION_SEALED, sealed))
    records.note_sealed(work.connection, sealed, recorded.event_id)
    reach("seal.entry-before-case")
    workflows.advance(work, sealed.case_id, "seal")


@errand("submissions.hand_over", N_("Отправить сообщение платформе"), RETRIES)
def hand_over(registry: Registry, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Send the sealed bytes, under a published checkpoint and after the decisions were evaluated once more.

    Raises:
        UnavailableError: the way out is closed or the platform does not answer; the promise comes up again.
    """
    pursue(registry, UUID(subject_id))


@errand("submissions.ask", N_("Спросить платформу о судьбе сообщения"), RETRIES)
def ask(registry: Registry, *, case_id: str, subject_id: str) -> Conclusion | None:  # noqa: ARG001 - the engine names both
    """Ask the platform what became of a message whose outcome is unknown.

    Raises:
        UnavailableError: it gave no answer; the promise comes up again after a pause.
    """
    return pursue(registry, UUID(subject_id))


def pursue(registry: Registry, submission_id: UUID) -> Conclusion | None:
    """Do what the submission's state asks for next; quiet when nothing is left to do."""
    with registry.reading(SYSTEM) as work:
        submission = records.get(work.connection, submission_id)
    if submission.state in {"sending", RESENDING}:
        if not resolve_lost(registry, submission_id) and submission.state == RESENDING:
            with way_out(registry, submission) as out:
                send(registry, submission_id, out)
    elif submission.state == "sealed" and submission.sealed_event is not None:
        ensure_published(registry.engine, registry.trail, registry.now(), submission.sealed_event)
        reach("hand-over.published")
        with way_out(registry, submission) as out:
            send(registry, submission_id, out)
    elif submission.state == "unknown" and submission.message_id is not None:
        with way_out(registry, submission) as out:
            return _ask(registry, submission, submission.message_id, out)
    return None


def _ask(registry: Registry, submission: Submission, message_id: UUID, out: WayOut) -> Conclusion | None:
    outcome = out.transport.ask(message_id)
    if outcome.result is Result.NOT_RECEIVED:
        send(registry, submission.id, out)
        return None
    if outcome.result is Result.UNKNOWN and not out.transport.asks:
        return look_later(submission.id)
    if outcome.result not in {Result.ANSWERED, Result.HANDED_OVER}:
        silent = UnavailableError(
            N_("Платформа не отвечает о сообщении; вопрос будет повторён."), code="no-answer"
        )
        silent.wait = outcome.wait
        raise silent
    reach("ask.answered")
    with registry.work(SYSTEM) as work:
        settle(work, submission.id, outcome, out)
    return look_later(submission.id, STILL_UNKNOWN)
