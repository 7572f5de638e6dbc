"""A roster's way: uploaded, then approved or cancelled by its case. Nothing of it is stored before."""

from datetime import timedelta
from uuid import UUID

from registry.access.rules import Role
from registry.errors import N_, ConflictError, TooManyError
from registry.people.models import batches
from registry.people.models.batches import ROSTER_LOCK, Batch, BatchState
from registry.people.models.finding import add_collisions, count_collisions
from registry.people.models.places import SCHOOL_LOCK
from registry.people.usecases.reviewing import Collision, ReadRoster
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Subject
from registry.workflows.usecases import Beginning

PROCESS = "roster-review"
SUBJECT = "roster_upload"
APPROVERS = frozenset({Role.TUTOR, Role.CLERK, Role.DIRECTOR})
"""Roles of a school that may approve a list: whoever of them brought it in has its review as a task."""
_MOST_COLLISIONS = 1_000
_WITHIN = timedelta(days=1)


def upload(work: Work, school_id: UUID, read: ReadRoster) -> Batch:
    """Keep a file and what was read from it, and begin the case of its review.

    Raises:
        TooManyError: somebody uploads lists of other people's numbers.
    """
    batch_id = work.new_id()
    mine = (work.actor.role, work.actor.id) if work.actor.id and work.actor.role in APPROVERS else None
    (case,) = workflows.start_many(
        work, PROCESS, [Beginning(Subject(SUBJECT, batch_id), school_id, assignee=mine)]
    )
    batch = Batch(
        id=batch_id,
        school_id=school_id,
        case_id=case.id,
        state=BatchState(case.state),
        workbook_file=work.new_id(),
        drafts_file=work.new_id(),
        counts=read.counts,
        uploaded_by=work.actor.id,
        uploaded_at=work.now,
    )
    work.files.put(batch.workbook_file, read.data)
    reach("roster.one-file-stored")
    work.files.put(batch.drafts_file, read.drafts)
    reach("roster.files-before-row")
    batches.add_batch(work.connection, batch)
    state = {"state": batch.state.value, **read.counts}
    work.record(Entry(EntryType.ROSTER_UPLOADED, ObjectRef("roster", batch.id, 1), state, school_id))
    _note_collisions(work, batch, read.collisions)
    return batch


def approve(work: Work, school_id: UUID, batch_id: UUID, mark: str) -> Batch:
    """Store what the reader of a review saw: its good rows; the rows in error are held back. Twice is once.

    Raises:
        ConflictError: the batch was cancelled, or the review is another than the reader saw.
        ForbiddenError: it is none of the things that who acts may do.
    """
    return _decide(work, school_id, batch_id, BatchState.APPROVED, {"mark": mark})


def cancel(work: Work, school_id: UUID, batch_id: UUID) -> Batch:
    """Drop a batch that was not approved, and forget what its file said. Twice is once.

    Raises:
        ConflictError: it was approved already.
        ForbiddenError: it is none of the things that who acts may do.
    """
    return _decide(work, school_id, batch_id, BatchState.CANCELLED, {})


def undo(work: Work, school_id: UUID, batch_id: UUID, mark: str) -> Batch:
    """Take an approved batch back as a whole, as the reader of the plan saw it. Twice is once.

    Raises:
        ConflictError: its term is over, a later batch stands on it, or the plan is another than was seen.
        ForbiddenError: it is none of the things that who acts may do.
    """
    hold(work.connection, SCHOOL_LOCK, school_id)  # nobody signs or freezes meanwhile
    hold(work.connection, ROSTER_LOCK, school_id)
    batch = batches.hold_batch(work.connection, school_id, batch_id)
    if batch.state is BatchState.UNDONE:
        return batch
    if batch.state is not BatchState.APPROVED:
        raise ConflictError(
            N_("Отменить можно утверждённую загрузку, пока не вышел срок отмены."), code="not-undoable"
        )
    workflows.advance(work, batch.case_id, "undo", context={"mark": mark})
    return batches.get_batch(work.connection, school_id, batch_id)


_STEPS = {BatchState.APPROVED: "approve", BatchState.CANCELLED: "cancel"}


def _decide(work: Work, school_id: UUID, batch_id: UUID, wanted: BatchState, said: dict[str, str]) -> Batch:
    hold(work.connection, ROSTER_LOCK, school_id)
    batch = batches.hold_batch(work.connection, school_id, batch_id)
    if batch.state is wanted:
        return batch
    if batch.state is not BatchState.REVIEW:
        raise ConflictError(
            N_("По этой загрузке решение уже принято. Загрузите список заново."), code="decided"
        )
    reach("roster.before-case")
    workflows.advance(work, batch.case_id, _STEPS[wanted], context={**said})
    return batches.get_batch(work.connection, school_id, batch_id)


def _note_collisions(work: Work, batch: Batch, found: tuple[Collision, ...]) -> None:
    """Write down what others hold: tasks for the coordinator; stop who tries many."""
    met = count_collisions(work.connection, work.actor.id, work.now - _WITHIN)
    if found and met + len(found) > _MOST_COLLISIONS:
        raise TooManyError(
            N_("Слишком много чужих номеров и адресов за день. Проверьте список и продолжите завтра.")
        )
    rows: list[dict[str, object]] = [
        {
            "id": work.new_id(),
            "school_id": batch.school_id,
            "field": one.field,
            "holder_id": one.holder_id,
            "claimant_id": one.claimant_id,
            "batch_id": batch.id,
            "claimed_by": work.actor.id,
            "claimed_at": work.now,
        }
        for one in found
    ]
    add_collisions(work.connection, rows)
