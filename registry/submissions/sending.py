"""One attempt to send: cleared and written down before a byte leaves, settled by what came of it."""

import logging
from datetime import timedelta
from uuid import UUID

from registry.consents.gate import clear, clear_withdrawal
from registry.errors import N_, ConflictError, NotFoundError, TamperedError, UnavailableError
from registry.jobs.retries import Retries
from registry.keys.choosing import both_may_leave
from registry.storage.failpoints import reach
from registry.submissions import facts
from registry.submissions.answers import take_first_that_verifies
from registry.submissions.collecting import changes_since_freeze
from registry.submissions.message import Kind
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.standing import ON_ITS_WAY
from registry.submissions.usecases import void
from registry.submissions.way_out import WayOut
from registry.trail.entries import SYSTEM, EntryType
from registry.transports.cleared import Cleared
from registry.transports.transport import Outcome, Result
from registry.work import Registry, Work
from registry.workflows import usecases as workflows
from registry.workflows.moving import NOT_BEFORE

log = logging.getLogger(__name__)
RESENDING = "resending"
RETRIES = Retries(tries=154, longest=timedelta(minutes=30))
"""Three days: a platform may be closed over a weekend."""
NOTHING_LEFT = {Result.NOT_SENT, Result.REFUSED}
KEY_ENDED = "key-ended"
STOPS = {"submission-changed", "out-of-order", "not-cleared", KEY_ENDED}
"""Refusals that void a sign-off; any other one only waits."""
PATIENCE = timedelta(seconds=25)
"""Shorter than the lease of a promise, which a living worker renews: who holds a submission's promise and
sees an attempt older than this without an end knows that its process is gone."""


def send(registry: Registry, submission_id: UUID, out: WayOut) -> None:
    """Clear the message and begin an attempt in one transaction; then send; then write down what came of it.

    Raises:
        UnavailableError: nothing was sent, it is to be tried again.
        ConflictError: it has to wait for something else.
    """
    begun = _begin_or_stop(registry, submission_id, out)
    if begun is None:
        return
    cleared, attempt_id = begun
    reach("hand-over.begun")
    outcome = out.transport.send(cleared)
    reach("hand-over.answered")
    again = _note(registry, submission_id, (attempt_id, outcome), out)
    if again:
        closed = UnavailableError(
            N_("Сообщение не ушло: платформа недоступна; отправка будет повторена."), code="not-sent"
        )
        closed.wait = outcome.wait
        raise closed


def _begin_or_stop(registry: Registry, submission_id: UUID, out: WayOut) -> tuple[Cleared, UUID] | None:
    try:
        with registry.work(SYSTEM) as work:
            return _begin(work, submission_id, out)
    except ConflictError as refused:
        if refused.slug == KEY_ENDED and seal_anew(registry, submission_id):
            return None
        if refused.slug not in STOPS:
            raise
        with registry.work(SYSTEM) as work:
            _stop(work, submission_id, refused)
        return None


def _begin(work: Work, submission_id: UUID, out: WayOut) -> tuple[Cleared, UUID]:
    """Evaluate the decisions where the message is let go; an act since the freeze stops it."""
    submission = records.hold(work.connection, submission_id)
    _demand_keys_hold(work, submission)
    if submission.state != RESENDING:
        workflows.advance(work, submission.case_id, "hand_over")
    reach("hand-over.before-attempt")
    attempt_id = work.new_id()
    exchange.begin_attempt(work.connection, attempt_id, submission, work.now, out.transport.way)
    reach("hand-over.attempt-before-gate")
    claim = facts.claim(work.connection, submission, out.receiver)
    whole = submission.kind is not Kind.WITHDRAWAL
    return clear(work, claim) if whole else clear_withdrawal(work, claim), attempt_id


def _demand_keys_hold(work: Work, submission: Submission) -> None:
    """Let nothing leave that was sealed with a key which was revoked or has expired since."""
    if not both_may_leave(work.connection, (submission.signing_key, submission.recipient_key), work.now):
        raise ConflictError(
            N_("Ключ этого сообщения больше не действует; оно будет подписано заново."), code=KEY_ENDED
        )


def seal_anew(registry: Registry, submission_id: UUID) -> bool:
    """Go back to sealing: what was signed off stays, only its keys are others now.

    Gives False for a case whose definition is older than this step: its sign-off has to be taken back.
    """
    try:
        with registry.work(SYSTEM) as work:
            submission = records.hold(work.connection, submission_id)
            workflows.advance(work, submission.case_id, "seal_anew", context={"reason": KEY_ENDED})
    except NotFoundError:
        return False
    return True


def _stop(work: Work, submission_id: UUID, refused: ConflictError) -> None:
    """Void what may not leave any more; a withdrawal cannot be voided, so its refusal is an error.

    What was to be sent again goes back to where it waited: its first copy may have arrived.
    """
    submission = records.hold(work.connection, submission_id)
    if submission.state == RESENDING:
        put_back(work, submission, refused.slug)
        return
    if submission.kind is Kind.WITHDRAWAL:
        raise refused
    changes = changes_since_freeze(work, submission)
    log.warning("submission-stopped", extra={"submission": str(submission.id), "changes": len(changes)})
    work.record(facts.mention(EntryType.SUBMISSION_STOPPED, submission))
    void(work, submission, changes, refused.slug)


def _note(registry: Registry, submission_id: UUID, what: tuple[UUID, Outcome], out: WayOut) -> bool:
    """Write down how an attempt ended; an answer that does not verify leaves the outcome unknown.

    Gives whether the message is to be sent anew by itself.
    """
    try:
        with registry.work(SYSTEM) as work:
            return _end(work, submission_id, what, out)
    except TamperedError as error:
        log.error("acknowledgement-refused", extra={"submission": str(submission_id), "code": error.slug})  # noqa: TRY400 - the code says all
        unsure = Outcome(Result.UNKNOWN, reason=error.slug)
        with registry.work(SYSTEM) as work:
            return _end(work, submission_id, (what[0], unsure), out)


def _end(work: Work, submission_id: UUID, what: tuple[UUID, Outcome], out: WayOut) -> bool:
    attempt_id, outcome = what
    ended = exchange.end_attempt(work.connection, attempt_id, work.now, outcome.result.value, outcome.reason)
    if not ended and outcome.result is not Result.ANSWERED:
        return False  # Taken for dead and closed meanwhile: it must not move what another one sends now.
    reach("hand-over.ended-before-case")
    settle(work, submission_id, outcome, out)
    return records.get(work.connection, submission_id).state == "sealed"


def settle(work: Work, submission_id: UUID, outcome: Outcome, out: WayOut) -> None:
    """Move the case by what came of an attempt or a question; quiet when it was settled meanwhile.

    Raises:
        TamperedError: the answer does not verify; nothing is changed by it.
    """
    submission = records.hold(work.connection, submission_id)
    if submission.state not in ON_ITS_WAY:
        return
    if outcome.result is Result.ANSWERED:
        take_first_that_verifies(work, submission, outcome, out)
    elif submission.state == RESENDING:
        put_back(work, submission, _reason(outcome))
    else:
        _wait(work, submission, outcome)


def _wait(work: Work, submission: Submission, outcome: Outcome) -> None:
    """Move the case to where a message without an answer waits, by where it is now."""
    if outcome.result is Result.HANDED_OVER:
        _leave(work, submission, _reason(outcome))
    elif submission.state == "sending" and outcome.result in NOTHING_LEFT:
        workflows.advance(work, submission.case_id, "keep", context={"reason": _reason(outcome)})
    elif submission.state == "sending":
        _lose(work, submission, _reason(outcome), outcome.wait)


def _leave(work: Work, submission: Submission, reason: str) -> None:
    """Let a message wait for its answer; a case that began before there was such a state waits as unknown."""
    if submission.state == "handed_over":
        return
    opened = workflows.look(work, submission.case_id)
    if opened.definition.transition("leave") is not None:
        workflows.advance(work, submission.case_id, "leave", context={"reason": reason})
    elif submission.state == "sending":
        _lose(work, submission, reason)


def put_back(work: Work, submission: Submission, reason: str) -> None:
    """End a second sending that came to nothing: the message waits again as it did before."""
    handed_over = exchange.was_handed_over(work.connection, submission)
    step = "leave" if handed_over else "lose"
    workflows.advance(work, submission.case_id, step, context={"reason": reason})


def resolve_lost(registry: Registry, submission_id: UUID) -> bool:
    """Close the attempt of a process that died in the middle: its outcome is unknown, so it is asked about.

    Gives whether there was such an attempt.

    Raises:
        UnavailableError: the attempt may still be under way.
    """
    with registry.work(SYSTEM) as work:
        submission = records.hold(work.connection, submission_id)
        attempt = exchange.open_attempt(work.connection, submission_id)
        if submission.state not in {"sending", RESENDING} or attempt is None:
            return False
        if work.now - attempt.started_at < PATIENCE:
            raise UnavailableError(N_("Отправка ещё идёт; подождите её исхода."), code="under-way")
        exchange.end_attempt(work.connection, attempt.id, work.now, Result.UNKNOWN.value, "process-ended")
        if submission.state == RESENDING:
            put_back(work, submission, "process-ended")
        else:
            _lose(work, submission, "process-ended")
    return True


def _lose(work: Work, submission: Submission, reason: str, wait: timedelta = timedelta(0)) -> None:
    """The outcome is unknown: ask the platform, but not sooner than it wants to be asked.

    The first time at once. A message that is lost again and again, of which the platform says each time that
    it has none, is sent after growing pauses.
    """
    lost = exchange.count_attempts(work.connection, submission)
    pause = timedelta(0) if lost < 2 else RETRIES.usual_pause(lost)  # noqa: PLR2004 - the second loss
    said = {"reason": reason, NOT_BEFORE: (work.now + max(wait, pause)).isoformat()}
    workflows.advance(work, submission.case_id, "lose", context=said)
    work.record(facts.mention(EntryType.SUBMISSION_UNKNOWN, submission))


def _reason(outcome: Outcome) -> str:
    return outcome.reason or outcome.result.value
