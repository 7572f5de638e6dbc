"""Collecting by classes: the cases of a submission's classes follow what readiness says, there and back.

The worker moves them soon after something happened in a school: the act of a signer writes nothing for it.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from registry.errors import ConflictError
from registry.programmes.models import participation_of
from registry.submissions.models import collections, records
from registry.submissions.models.collections import ClassCase
from registry.submissions.models.records import Submission
from registry.submissions.readiness import ClassReadiness, Readiness, readiness
from registry.submissions.usecases import current_of, open_submission
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Case, Subject
from registry.workflows.names import NAMES
from registry.workflows.usecases import Beginning

SUBJECT = "class_collection"
DEFINITION = "class-collection"
COLLECTING, COMPLETE, READY = "collecting", "complete", "ready"


def follow(work: Work, school_id: UUID, programme: str) -> Submission | None:
    """Bring the cases of a school's classes to where readiness is now; opens the submission if need be.

    The statements that look are as many for a large school as for a small one; each class that moved costs
    those of its step. None where the school has nobody to decide yet, or nothing is being collected.
    """
    submission = current_of(work, school_id, programme)
    if submission is None:
        submission = _begin(work, school_id, programme)
    if submission is None or submission.closed_at is not None:
        return None
    submission = records.hold(work.connection, submission.id)
    found = readiness(work, school_id, programme)
    held = collections.of_submission(work.connection, submission.id)
    known = {one.class_id for one in held}
    new = [one for one in found.classes if one.class_id not in known]
    if new:
        _add(work, submission, new)
        held = collections.of_submission(work.connection, submission.id)
    _move(work, held, {one.class_id for one in found.classes if not _is_complete(one)})
    return _move_whole(work, submission, found)


def close(work: Work, classes: Collection[ClassCase]) -> None:
    """Close the cases of classes whose submission is closed."""
    for one in classes:
        workflows.advance(work, one.case_id, "close")


@NAMES.effect("submissions.let_classes_close")
def let_classes_close(work: Work, case: Case) -> None:
    """Promise that the cases of the classes are closed with their submission, where there are any."""
    if collections.of_submission(work.connection, case.subject.id):
        work.later("submissions.close_classes", case_id=str(case.id), subject_id=str(case.subject.id))


def _begin(work: Work, school_id: UUID, programme: str) -> Submission | None:
    """Open the submission of a school where there is somebody to decide, before the programme is over."""
    part = participation_of(work.connection, school_id, programme).programme
    if work.today > part.valid_until:
        return None
    try:
        waiting = readiness(work, school_id, programme).total
    except ConflictError:
        return None  # The programme's rule of signers is not in force yet.
    return open_submission(work, school_id, programme) if waiting else None


def _add(work: Work, submission: Submission, new: Sequence[ClassReadiness]) -> None:
    part = participation_of(work.connection, submission.school_id, submission.programme)
    deadline = part.programme.deadline
    ids = {one.class_id: work.new_id() for one in new}
    begun = workflows.start_many(
        work,
        DEFINITION,
        [
            Beginning(
                Subject(SUBJECT, ids[one.class_id], one.class_id),
                submission.school_id,
                {"deadline": deadline},
                submission.case_id,
            )
            for one in new
        ],
    )
    cases = {case.subject.id: case.id for case in begun}
    rows = [
        {
            "id": ids[one.class_id],
            "school_id": submission.school_id,
            "submission_id": submission.id,
            "class_id": one.class_id,
            "class_name": one.name,
            "case_id": cases[ids[one.class_id]],
            "opened_at": work.now,
        }
        for one in new
    ]
    collections.add(work.connection, rows)


def _is_complete(one: ClassReadiness) -> bool:
    return not one.waiting and not one.held


def _move(work: Work, held: Sequence[ClassCase], incomplete: Collection[UUID]) -> None:
    """Take the step of each class that is not where it should be; one without students waits for nobody."""
    for one in held:
        wanted = COLLECTING if one.class_id in incomplete else COMPLETE
        if one.state != wanted:
            workflows.advance(work, one.case_id, "complete" if wanted == COMPLETE else "open_again")


def _move_whole(work: Work, submission: Submission, found: Readiness) -> Submission:
    """Let the submission itself say that all classes are ready, or that they are not any more."""
    if submission.state == COLLECTING and found.ready:
        workflows.advance(work, submission.case_id, "all_ready")
    elif submission.state == READY and not found.ready:
        workflows.advance(work, submission.case_id, "not_ready")
    return records.get(work.connection, submission.id)
