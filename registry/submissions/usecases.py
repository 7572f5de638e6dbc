"""What people do with a submission: open, prepare, sign off, correct; each one function."""

from dataclasses import dataclass
from uuid import UUID

from registry.consents.gate import SCHOOL_LOCK
from registry.errors import N_, ConflictError
from registry.programmes.usecases import programme_of
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.storage.schema import Json
from registry.submissions import facts
from registry.submissions.collecting import changes_since_freeze
from registry.submissions.message import Kind
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.submissions.rules import Change
from registry.submissions.standing import Row
from registry.trail.entries import EntryType
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Subject

SUBJECT = "submission"
CHANGED = "submission-changed"


@dataclass(frozen=True, slots=True)
class SignedOff:
    """What came of a sign-off: it stands, or it was voided because something changed since the freeze."""

    submission: Submission
    changes: tuple[Change, ...] = ()


def open_submission(work: Work, school_id: UUID, programme: str) -> Submission:
    """Begin to collect a school's registry for a programme.

    Raises:
        ConflictError: the school's registry is being collected or was sent: only a correction may follow;
            or the school has not joined the programme.
    """
    if _row(work, school_id, programme).current is not None:
        raise ConflictError(
            N_(
                "Реестр школы для этой программы передают один раз. Изменения после передачи отправляют "
                "исправлением."
            ),
            code="one-message",
        )
    return _open(work, school_id, programme, Kind.FULL)


def begin_correction(work: Work, school_id: UUID, programme: str) -> Submission:
    """Begin a correction: a new, whole, numbered message that replaces the last acknowledged one.

    Raises:
        ConflictError: nothing was acknowledged yet, or another message is under way.
    """
    current = _row(work, school_id, programme).current
    if current is None or current.state != "acknowledged":
        raise ConflictError(
            N_("Исправление можно начать, когда приём прошлого сообщения подтверждён и другого в пути нет."),
            code="nothing-to-correct",
        )
    return _open(work, school_id, programme, Kind.CORRECTION)


def current_of(work: Work, school_id: UUID, programme: str) -> Submission | None:
    """Give the full message or correction of a school that was opened last; None before the first."""
    return Row(records.of_school(work.connection, school_id, programme)).current


def _row(work: Work, school_id: UUID, programme: str) -> Row:
    """Read the row of a school's messages, and keep others from adding to it."""
    hold(work.connection, SCHOOL_LOCK, school_id)
    return Row(records.of_school(work.connection, school_id, programme))


def _open(work: Work, school_id: UUID, programme: str, kind: Kind) -> Submission:
    submission_id = work.new_id()
    deadline = programme_of(work, school_id, programme).deadline
    subject = Subject(SUBJECT, submission_id)
    case = workflows.start(work, "submission", subject, school_id, dates={"deadline": deadline})
    reach("submission.case-before-row")
    row = _row(work, school_id, programme)
    records.add(
        work.connection,
        {
            "id": submission_id,
            "school_id": school_id,
            "programme": programme,
            "kind": kind.value,
            "sequence": row.last_number + 1,
            "corrects": row.held.message_id if row.held else None,
            "version": 1,
            "case_id": case.id,
            "opened_at": work.now,
        },
    )
    submission = records.get(work.connection, submission_id)
    work.record(facts.entry(EntryType.SUBMISSION_OPENED, submission))
    return submission


def prepare_school(work: Work, school_id: UUID, programme: str) -> Submission:
    """Freeze the whole registry of a school, opening its submission if that is still to be done.

    Raises:
        ConflictError: somebody's decision is open (the words name classes and numbers), or what was prepared
            or sent before does not allow another message.
    """
    current = _row(work, school_id, programme).current
    return prepare(work, (current or open_submission(work, school_id, programme)).id)


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
                "Передачу подготовили заново, пока страница была открыта. Откройте её снова и проверьте "
                "числа."
            ),
            code="manifest-changed",
        )
    reach("sign-off.before-case")
    try:
        workflows.advance(work, submission.case_id, "sign_off")
    except ConflictError as refused:
        if refused.slug != CHANGED:
            raise
        changes = changes_since_freeze(work, submission)
        return SignedOff(void(work, submission, changes, CHANGED), tuple(changes))
    return SignedOff(records.get(work.connection, submission_id))


def correct_rejected(work: Work, submission_id: UUID) -> Submission:
    """Go back to collecting after the platform's rejection: the next freeze makes a new message."""
    submission = records.hold(work.connection, submission_id)
    workflows.advance(work, submission.case_id, "correct")
    return records.get(work.connection, submission_id)


def void(work: Work, submission: Submission, changes: list[Change], reason: str) -> Submission:
    """Take a freeze and its sign-off back, and keep what changed for people to read.

    Args:
        work: the unit of work.
        submission: held; prepared, signed off or sealed.
        changes: students whose lines are no longer what was frozen; may be empty.
        reason: short code that goes into the history: what stopped it.
    """
    said: dict[str, Json] = {"reason": reason, "changes": [one.as_json() for one in changes]}
    workflows.advance(work, submission.case_id, "void", context=said)
    return records.get(work.connection, submission.id)
