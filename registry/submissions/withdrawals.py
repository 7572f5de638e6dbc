"""A decision that is taken back after the sending: the platform is told at once which entry to destroy."""

from datetime import timedelta
from uuid import UUID

from registry.consents.decisions import decision_of
from registry.consents.gate import SCHOOL_LOCK
from registry.errors import NotFoundError
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.submissions import facts
from registry.submissions.collecting import heading_of
from registry.submissions.freezing import Frozen, freeze_withdrawal
from registry.submissions.message import Heading, Kind
from registry.submissions.models import lines, records
from registry.submissions.models.records import Submission
from registry.submissions.standing import ON_ITS_WAY, Row
from registry.submissions.usecases import SUBJECT
from registry.trail.entries import EntryType
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Subject

PAUSE = timedelta(minutes=1)
"""How long to wait for a message that is on its way and may hold the student."""
LONG_PAUSE = timedelta(minutes=15)
"""The same, when the answer comes by another road and may take days."""


def tell(work: Work, school_id: UUID, programme: str, student_id: UUID) -> Submission | None:
    """Build the message that has a student's entry destroyed; None when the platform holds none of his.

    A message that is still on its way is looked at again later; whatever is only prepared is stopped by the
    changed decision itself.
    """
    hold(work.connection, SCHOOL_LOCK, school_id)
    if _still_given(work, school_id, programme, student_id):
        return None
    row = Row(records.of_school(work.connection, school_id, programme))
    under_way = {
        one.state for one in row.submissions if one.state in ON_ITS_WAY and _carries(work, one, student_id)
    }
    if under_way:
        pause = LONG_PAUSE if under_way == {"handed_over"} else PAUSE
        said = {"school_id": str(school_id), "programme_id": programme, "student_id": str(student_id)}
        work.later("submissions.tell_of_withdrawal", due=work.now + pause, **said)
    held = row.held
    entry = lines.live_entry(work.connection, held.id, student_id) if held else None
    return _build(work, row, held, entry) if held and entry else None


def _still_given(work: Work, school_id: UUID, programme: str, student_id: UUID) -> bool:
    try:
        return decision_of(work, school_id, programme, student_id).decision.state.included
    except NotFoundError:
        return False  # He left the school: nothing of his stands there any more.


def _carries(work: Work, one: Submission, student_id: UUID) -> bool:
    return (
        one.kind is not Kind.WITHDRAWAL and lines.live_entry(work.connection, one.id, student_id) is not None
    )


def _build(work: Work, row: Row, held: Submission, entry: UUID) -> Submission:
    submission_id = work.new_id()
    case = workflows.start(work, "withdrawal", Subject(SUBJECT, submission_id), held.school_id)
    number = row.last_number + 1
    heading = heading_of(work, held, row).for_withdrawal(number, held.message_id)
    frozen = freeze_withdrawal(heading, {entry: held.message_id} if held.message_id else {})
    reach("withdrawal.case-before-file")
    payload_file = work.new_id()
    work.files.put(payload_file, frozen.payload)
    reach("withdrawal.file-before-row")
    identity = {"id": submission_id, "case_id": case.id, "payload_file": payload_file}
    records.add(work.connection, identity | _values(work, held, heading, frozen))
    reach("withdrawal.row-before-mark")
    lines.mark_withdrawn(work.connection, [entry], work.now)
    built = records.get(work.connection, submission_id)
    work.record(facts.entry(EntryType.SUBMISSION_OPENED, built))
    reach("withdrawal.before-promise")
    work.later("submissions.seal", case_id=str(case.id), subject_id=str(submission_id))
    return built


def _values(work: Work, held: Submission, heading: Heading, frozen: Frozen) -> dict[str, object]:
    return {
        "school_id": held.school_id,
        "programme": held.programme,
        "kind": Kind.WITHDRAWAL.value,
        "sequence": heading.sequence,
        "corrects": heading.corrects,
        "version": 1,
        "opened_at": work.now,
        "message_id": heading.message_id,
        "prepared_at": work.now,
        "manifest": frozen.manifest.decode(),
        "manifest_sha256": frozen.manifest_sha256,
        "content_sha256": frozen.content_sha256,
    }
