"""The platform's answer: verified first, believed then."""

import hashlib
import logging
from dataclasses import dataclass

from registry.errors import N_, TamperedError
from registry.keys.choosing import expected_answer
from registry.storage.failpoints import reach
from registry.submissions import facts
from registry.submissions.message import Kind
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.way_out import WayOut
from registry.trail.entries import EntryType
from registry.transports.acknowledgement import (
    Acknowledgement,
    Envelope,
    Verdict,
    read_acknowledgement,
    read_envelope,
)
from registry.transports.transport import Outcome
from registry.work import Work
from registry.workflows import usecases as workflows

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verified:
    """An answer whose signature holds, and the key that made it."""

    envelope: Envelope
    said: Acknowledgement
    signer: str


def take_first_that_verifies(work: Work, submission: Submission, outcome: Outcome, out: WayOut) -> None:
    """Close a submission by the answer that verifies; where anybody may put answers, there can be others.

    Raises:
        TamperedError: none of them verifies; nothing is changed.
    """
    for body in (outcome.acknowledgement, *outcome.others)[:-1]:
        try:
            return take_answer(work, submission, body, out)
        except TamperedError as error:
            log.warning(
                "acknowledgement-refused", extra={"submission": str(submission.id), "code": error.slug}
            )
    return take_answer(work, submission, (outcome.acknowledgement, *outcome.others)[-1], out)


def take_answer(work: Work, submission: Submission, body: bytes, out: WayOut) -> None:
    """Verify an answer, keep it, and close the submission by it.

    Raises:
        TamperedError: wrong key, wrong time, or an answer to another message; nothing is changed by it.
    """
    envelope = read_envelope(body)
    expected = expected_answer(work.connection, out.receiver, (submission.recipient_key, work.now))
    signed = out.sealer.verify_detached(envelope.acknowledgement, envelope.signature, expected)
    said = read_acknowledgement(envelope.acknowledgement)
    _demand_ours(submission, said, out.receiver)
    reach("acknowledgement.verified")
    _keep(work, submission, Verified(envelope, said, signed.signer))
    reach("acknowledgement.kept")
    accepted = said.verdict is Verdict.ACCEPTED
    changed = records.change(
        work.connection,
        submission,
        verdict=said.verdict.value,
        acknowledgement_sha256=hashlib.sha256(envelope.acknowledgement).hexdigest(),
    )
    reach("acknowledgement.row-before-entry")
    work.record(facts.entry(_entry_type(changed, said.verdict), changed))
    reach("acknowledgement.before-case")
    workflows.advance(work, submission.case_id, "acknowledge" if accepted else "reject")


def _entry_type(submission: Submission, verdict: Verdict) -> EntryType:
    if verdict is Verdict.REJECTED:
        return EntryType.SUBMISSION_REJECTED
    if submission.kind is Kind.WITHDRAWAL:
        return EntryType.WITHDRAWAL_ACKNOWLEDGED
    return EntryType.SUBMISSION_ACKNOWLEDGED


def _keep(work: Work, submission: Submission, verified: Verified) -> None:
    envelope, said = verified.envelope, verified.said
    exchange.add_acknowledgement(
        work.connection,
        {
            "id": work.new_id(),
            "school_id": submission.school_id,
            "submission_id": submission.id,
            "message_id": said.message_id,
            "verdict": said.verdict.value,
            "reasons": [
                {"code": one.code, "text": one.text, "entry_id": str(one.entry_id) if one.entry_id else None}
                for one in said.reasons
            ],
            "document": envelope.acknowledgement.decode(),
            "signature": envelope.signature.decode(),
            "fingerprint": verified.signer,
            "received_at": work.now,
        },
    )


def _demand_ours(submission: Submission, said: Acknowledgement, receiver: str) -> None:
    ours = (submission.message_id, submission.message_sha256, receiver)
    if (said.message_id, said.message_sha256, said.platform) != ours:
        raise TamperedError(
            N_("Подтверждение платформы относится к другому сообщению; запросите подтверждение этого."),
            code="acknowledgement-foreign",
        )
