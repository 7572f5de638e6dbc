"""What people do with a submission: open, prepare, sign off, correct; each one function."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.errors import N_, ConflictError
from registry.submissions import facts
from registry.submissions.collecting import collect
from registry.submissions.message import Kind
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.submissions.rules import Change, changes_between
from registry.trail.entries import EntryType
from registry.workflows import usecases as workflows
from registry.workflows.cases import Subject
from registry.work import Work

SUBJECT = "submission"


@dataclass(frozen=True, slots=True)
class SignedOff:
    """What came of a sign-off: it stands, or it was voided because something changed since the freeze."""

    submission: Submission
    changes: tuple[Change, ...] = ()


def open_submission(work: Work, school_id: UUID, programme: str, deadline: date) -> Submission:
    """Begin to collect a school's registry for a programme.

    Raises:
        ConflictError: the school's registry is being collected or was sent: only a correction may follow.
    """
    earlier = [
        one for one in records.of_school(work.connection, school_id, programme) if one.kind is Kind.FULL
    ]
    if earlier:
        raise ConflictError(
            N_(
                "Реестр школы для этой программы передают один раз. Изменения после передачи отправляют "
                "исправлением."
            ),
            code="one-message",
        )
    return _open(work, school_id, programme, Kind.FULL, deadline)


def begin_correction(work: Work, school_id: UUID, programme: str, deadline: date) -> Submission:
    """Begin a correction: a new, whole, numbered message that replaces the last acknowledged one.

    Raises:
        ConflictError: nothing was acknowledged yet, or another message is under way.
    """
    earlier = [
        one
        for one in records.of_school(work.connection, school_id, programme)
        if one.kind is not Kind.WITHDRAWAL
    ]
    if not earlier or any(one.state != "acknowledged" for one in earlier):
        raise ConflictError(
            N_("Исправление можно начать, когда приём прошлого сообщения подтверждён и другого в пути нет."),
            code="nothing-to-correct",
        )
    return _open(work, school_id, programme, Kind.CORRECTION, deadline)


def _open(work: Work, school_id: UUID, programme: str, kind: Kind, deadline: date) -> Submission:
    submission_id = work.new_id()
    subject = Subject(SUBJECT, submission_id)
    case = workflows.start(work, SUBJECT, subject, school_id, dates={"deadline": deadline})
    earlier = records.of_school(work.connection, school_id, programme)
    accepted = [one for one in earlier if one.kind is not Kind.WITHDRAWAL and one.state == "acknowledged"]
    records.add(
        work.connection,
        {
            "id": submission_id,
            "school_id": school_id,
            "programme": programme,
            "kind": kind.value,
            "sequence": len(earlier) + 1,
            "corrects": accepted[0].message_id if accepted else None,
            "version": 1,
            "case_id": case.id,
            "opened_at": work.now,
        },
    )
    submission = records.get(work.connection, submission_id)
    work.record(facts.entry(EntryType.SUBMISSION_OPENED, submission))
    return submission


def prepare(work: Work, submission_id: UUID) -> Submission:
    """Freeze roster and decisions in this one transaction and lay the result before the director.

    Raises:
        ConflictError: somebody's decision is open; the words name classes and numbers.
    """
    submission = records.hold(work.connection, submission_id)
    workflows.advance(work, submission.case_id, "prepare")
    return records.get(work.connection, submission_id)


def sign_off(work: Work, submission_id: UUID, manifest_sha256: str) -> SignedOff:
    """Sign off exactly the manifest that was shown; what changed since the freeze voids it instead.

    Args:
        work: its actor is the director, who stepped up a short while ago.
        submission_id: a prepared submission.
        manifest_sha256: digest that stood on the page.

    Raises:
        ConflictError: another freeze was made meanwhile; the director prepared it himself.
    """
    submission = records.hold(work.connection, submission_id)
    if submission.manifest_sha256 != manifest_sha256:
        raise ConflictError(
            N_(
                "Передачу подготовили заново, пока страница была открыта. Откройте её ещё раз и проверьте числа."
            ),
            code="manifest-changed",
        )
    changes = changes_since_freeze(work, submission)
    if changes:
        return SignedOff(void(work, submission, changes), tuple(changes))
    workflows.advance(work, submission.case_id, "sign_off")
    return SignedOff(records.get(work.connection, submission_id))


def correct_rejected(work: Work, submission_id: UUID) -> Submission:
    """Go back to collecting after the platform's rejection: the next freeze makes a new message."""
    submission = records.hold(work.connection, submission_id)
    workflows.advance(work, submission.case_id, "correct")
    return records.get(work.connection, submission_id)


def changes_since_freeze(work: Work, submission: Submission) -> list[Change]:
    """Compare the frozen lines with the roster and the decisions as they are now."""
    content = collect(work, submission)
    present = {line.student_id: line for line in content.lines}
    return changes_between(records.lines_of(work.connection, submission.id), present)


def void(work: Work, submission: Submission, changes: list[Change]) -> Submission:
    """Take a freeze and its sign-off back, and keep what changed for people to read."""
    said = [
        {
            "student": str(one.student_id),
            "class": one.class_name,
            "what": one.what.value,
            "was": one.was,
            "now": one.now,
        }
        for one in changes
    ]
    workflows.advance(work, submission.case_id, "void", context={"reason": "changed"})
    held = records.get(work.connection, submission.id)
    return records.change(work.connection, held, changes=said)
