"""Looking for an answer that comes by another road than the message: again and again, ever less often.

One row of looks belongs to one attempt; a later attempt at the same message has a row of its own.
"""

import logging
from datetime import timedelta
from uuid import UUID

from registry.errors import N_, TamperedError
from registry.jobs.names import Conclusion, errand
from registry.submissions.models import brought, exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.sending import settle
from registry.submissions.way_out import WayOut, way_out
from registry.trail.entries import SYSTEM
from registry.transports.transport import Outcome, Result
from registry.work import Registry, Work

log = logging.getLogger(__name__)
WAITING = frozenset({"handed_over", "unknown"})
STILL_UNKNOWN = frozenset({"unknown"})
"""Where a message waits that lies at the other end, if its case knows no better state; entering that one
promises the next look by itself."""
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=30)
FRACTION = 10
"""The next look comes after a tenth of the time that the message has waited."""
ACCEPTED = "accepted"


def watch(work: Work, submission: Submission) -> None:
    """Promise the first look, or the next one."""
    attempt = exchange.last_attempt(work.connection, submission)
    if attempt is None:
        return
    pause = min(max((work.now - attempt.started_at) / FRACTION, SHORTEST), LONGEST)
    said = {"submission_id": str(submission.id), "attempt_id": str(attempt.id)}
    work.later("submissions.look_for_answer", due=work.now + pause, **said)


def look_later(submission_id: UUID, while_in: frozenset[str] = WAITING) -> Conclusion:
    """Give what promises the next look, for an errand to end with, if the submission still stands there."""

    def promise(work: Work) -> None:
        submission = records.get(work.connection, submission_id)
        if submission.state in while_in:
            watch(work, submission)

    return promise


@errand("submissions.look_for_answer", N_("Искать подтверждение платформы"))
def look_for_answer(registry: Registry, *, submission_id: str, attempt_id: str) -> Conclusion | None:
    """Look once; what is found is verified as every answer; as long as there is none we look again."""
    with registry.reading(SYSTEM) as work:
        submission = records.get(work.connection, UUID(submission_id))
        attempt = exchange.last_attempt(work.connection, submission)
    mine = attempt is not None and str(attempt.id) == attempt_id
    if not mine or submission.state not in WAITING or submission.message_id is None:
        return None
    with way_out(registry, submission) as out:
        outcome = out.transport.ask(submission.message_id)
        if outcome.result is Result.ANSWERED:
            _take(registry, submission, outcome, out)
        elif outcome.result is Result.HANDED_OVER and submission.state == "unknown":
            with registry.work(SYSTEM) as work:
                settle(work, submission.id, outcome, out)
            return look_later(submission.id, STILL_UNKNOWN)
    return look_later(submission.id)


def _take(registry: Registry, submission: Submission, outcome: Outcome, out: WayOut) -> None:
    """Settle a submission by an answer; one that does not verify changes nothing."""
    try:
        with registry.work(SYSTEM) as work:
            settle(work, submission.id, outcome, out)
    except TamperedError as error:
        log.error("acknowledgement-refused", extra={"submission": str(submission.id), "code": error.slug})  # noqa: TRY400 - the code says all


@errand("submissions.check_brought", N_("Проверить принесённое подтверждение"))
def check_brought(registry: Registry, *, brought_id: str) -> None:
    """Verify an answer that a person brought, exactly as one that came over a line."""
    with registry.reading(SYSTEM) as work:
        found = brought.find_brought(work.connection, UUID(brought_id))
        if found is None or found.checked_at is not None:
            return
        submission = records.get(work.connection, found.submission_id)
    answer = Outcome(Result.ANSWERED, found.document.encode(), reason="brought")
    with way_out(registry, submission) as out:
        try:
            with registry.work(SYSTEM) as work:
                settle(work, found.submission_id, answer, out)
                brought.end_check(work.connection, found.id, work.now, ACCEPTED)
        except TamperedError as error:
            with registry.work(SYSTEM) as work:
                brought.end_check(work.connection, found.id, work.now, error.slug)
