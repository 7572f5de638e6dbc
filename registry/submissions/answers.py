"""The platform's answer: verified first, believed then."""

from datetime import timedelta

from registry.errors import N_, TamperedError
from registry.sealing.sealer import Expected
from registry.submissions import facts
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.way_out import WayOut
from registry.trail.entries import EntryType
from registry.transports.acknowledgement import Acknowledgement, Verdict, read_acknowledgement, read_envelope
from registry.workflows import usecases as workflows
from registry.work import Work

LATEST = timedelta(days=30)
"""How old an acknowledgement may be: asked about later, the platform answers with the first one."""


def take_answer(work: Work, submission: Submission, body: bytes, out: WayOut) -> None:
    """Verify an answer, keep it, and close the submission by it.

    Raises:
        TamperedError: wrong key, wrong time, or an answer to another message; nothing is changed by it.
    """
    envelope = read_envelope(body)
    expected = Expected(out.parties.recipient, work.now, LATEST)
    out.sealer.verify_detached(envelope.acknowledgement, envelope.signature, expected)
    said = read_acknowledgement(envelope.acknowledgement)
    _demand_ours(submission, said)
    exchange.add_acknowledgement(
        work.connection,
        {
            "id": work.new_id(),
            "school_id": submission.school_id,
            "submission_id": submission.id,
            "verdict": said.verdict.value,
            "reasons": [
                {"code": one.code, "text": one.text, "entry_id": str(one.entry_id) if one.entry_id else None}
                for one in said.reasons
            ],
            "document": envelope.acknowledgement.decode(),
            "signature": envelope.signature.decode(),
            "fingerprint": out.parties.recipient,
            "received_at": work.now,
        },
    )
    accepted = said.verdict is Verdict.ACCEPTED
    workflows.advance(work, submission.case_id, "acknowledge" if accepted else "reject")
    entry_type = EntryType.SUBMISSION_ACKNOWLEDGED if accepted else EntryType.SUBMISSION_REJECTED
    work.record(facts.mention(entry_type, records.get(work.connection, submission.id)))


def _demand_ours(submission: Submission, said: Acknowledgement) -> None:
    if said.message_id != submission.message_id or said.message_sha256 != submission.message_sha256:
        raise TamperedError(
            N_("Подтверждение платформы относится к другому сообщению; запросите подтверждение этого."),
            code="acknowledgement-foreign",
        )
