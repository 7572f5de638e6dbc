"""A roster's way: uploaded and read, reviewed, approved or cancelled. Nothing of it is stored before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from registry.errors import N_, ConflictError, TooManyError
from registry.people.class_names import ClassName
from registry.people.models import batches
from registry.people.models.batches import Batch, BatchState, HeldRow
from registry.people.models.finding import add_collisions, count_collisions
from registry.people.models.known import stored_for
from registry.people.rosters.comparing import Stored
from registry.people.rosters.crosscheck import cross_check
from registry.people.rosters.drafts import RowDraft
from registry.people.rosters.findings import Level
from registry.people.rosters.keeping import read_drafts, write_drafts
from registry.people.rosters.review import Review, ReviewedRow, draft_rows, review_rows
from registry.people.rosters.sheets import Sheet
from registry.people.usecases.storing import store
from registry.storage.queries import hold
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

_MOST_COLLISIONS = 1_000
_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A file as it came, and the sheets that `reader.read_workbook` read from it before any transaction.

    `only` narrows it to one class, for a tutor who keeps no other.
    """

    data: bytes
    sheets: Sequence[Sheet]
    only: ClassName | None = None


@dataclass(frozen=True, slots=True)
class ShownReview:
    """A review as it stands now; `mark` is what the reader approves, and changes with every change in it."""

    batch: Batch
    review: Review
    mark: str


def upload(work: Work, school_id: UUID, file: RosterFile) -> Batch:
    """Keep a file and what was read from it, for review.

    Raises:
        InvalidError: the file holds no list.
        TooManyError: somebody uploads lists of other people's numbers.
    """
    layout, rows = draft_rows(file.sheets, work.today)
    for row in rows:
        _check_class(row, file.only)
    kept = write_drafts(layout, rows, work.today)
    review, stored = _review(work, school_id, kept)
    batch = Batch(
        id=work.new_id(),
        school_id=school_id,
        state=BatchState.REVIEW,
        workbook_file=work.new_id(),
        drafts_file=work.new_id(),
        counts=review.counts,
        uploaded_by=work.actor.id,
        uploaded_at=work.now,
    )
    work.files.put(batch.workbook_file, file.data)
    work.files.put(batch.drafts_file, kept)
    batches.add_batch(work.connection, batch)
    state = {"state": batch.state.value, **review.counts}
    work.record(Entry(EntryType.ROSTER_UPLOADED, ObjectRef("roster", batch.id, 1), state, school_id))
    _note_collisions(work, batch, review, stored)
    return batch


def _check_class(row: RowDraft, only: ClassName | None) -> None:
    if only is not None and row.class_name is not None and row.class_name != only:
        text = N_("Это не ваш класс: загрузите только список своего класса.")
        row.say(Level.ERROR, "class", "class-foreign", text, typed=str(row.class_name))


def show_review(work: Work, school_id: UUID, batch_id: UUID) -> ShownReview:
    """Review a batch against what is stored now.

    Raises:
        NotFoundError: the school has no such batch.
    """
    batch = batches.get_batch(work.connection, school_id, batch_id)
    review, _ = _review(work, school_id, work.files.get(batch.drafts_file))
    return ShownReview(batch, review, _mark(work, batch, review))


def _review(work: Work, school_id: UUID, kept: bytes) -> tuple[Review, Stored]:
    layout, rows, on = read_drafts(kept)
    claims = cross_check(rows, on)
    stored = stored_for(work.connection, work.vault, school_id, claims, work.today)
    return review_rows(layout, rows, claims, on, stored), stored


def _note_collisions(work: Work, batch: Batch, review: Review, stored: Stored) -> None:
    """Write down which rows name what others hold: tasks for the coordinator; stop who tries many."""
    rows = [row for one in review.rows for row in _collisions(work, batch, one, stored)]
    met = count_collisions(work.connection, work.actor.id, work.now - _WITHIN)
    if rows and met + len(rows) > _MOST_COLLISIONS:
        raise TooManyError(
            N_("Слишком много чужих номеров и адресов за день. Проверьте список и продолжите завтра.")
        )
    add_collisions(work.connection, rows)


def _collisions(work: Work, batch: Batch, row: ReviewedRow, stored: Stored) -> list[dict[str, object]]:
    taken = {one.field for one in row.findings if one.code.endswith("-taken")}
    return [
        {
            "id": work.new_id(),
            "school_id": batch.school_id,
            "field": field,
            "holder_id": stored.holder_of(field, str(getattr(person.draft, field))),
            "claimant_id": person.stored,
            "batch_id": batch.id,
            "claimed_by": work.actor.id,
            "claimed_at": work.now,
        }
        for person in row.people
        for field in ("snils", "phone", "email")
        if f"{person.draft.side}.{field}" in taken
    ]


def _mark(work: Work, batch: Batch, review: Review) -> str:
    said = [[_said(row) for row in review.rows], str(batch.id)]
    return work.vault.blind_index("roster.review", json.dumps(said, ensure_ascii=False)).hex()


def _said(row: ReviewedRow) -> list[object]:
    people = [[one.identity, str(one.stored), str(one.draft)] for one in row.people]
    return [row.sheet, row.row, row.state, row.level, people, [one.code for one in row.findings]]


def approve(work: Work, school_id: UUID, batch_id: UUID, mark: str) -> Batch:
    """Store what the reader of a review saw: its good rows; the rows in error are held back. Twice is once.

    Raises:
        ConflictError: the batch was cancelled, or the review is another than the reader saw.
    """
    hold(work.connection, "roster", school_id)
    shown = show_review(work, school_id, batch_id)
    if shown.batch.state is BatchState.APPROVED:
        return shown.batch
    _still_open(shown.batch)
    if shown.mark != mark:
        raise ConflictError(
            N_("Пока вы читали, записи изменились. Посмотрите обзор ещё раз и утвердите его."),
            code="review-changed",
        )
    store(work, school_id, shown.review)
    _hold_back(work, shown)
    return _decide(work, shown.batch, BatchState.APPROVED, shown.review.counts)


def cancel(work: Work, school_id: UUID, batch_id: UUID) -> Batch:
    """Drop a batch that was not approved, and forget what its file said. Twice is once.

    Raises:
        ConflictError: it was approved already.
    """
    batch = batches.get_batch(work.connection, school_id, batch_id)
    if batch.state is BatchState.CANCELLED:
        return batch
    _still_open(batch)
    return _decide(work, batch, BatchState.CANCELLED, dict(batch.counts))


def _still_open(batch: Batch) -> None:
    if batch.state is not BatchState.REVIEW:
        raise ConflictError(
            N_("По этой загрузке решение уже принято. Загрузите список заново."), code="decided"
        )


_DECIDED = {
    BatchState.APPROVED: EntryType.ROSTER_APPROVED,
    BatchState.CANCELLED: EntryType.ROSTER_CANCELLED,
}


def _decide(work: Work, batch: Batch, state: BatchState, counts: dict[str, int]) -> Batch:
    after = batches.change_batch(
        work.connection,
        batch,
        state=state.value,
        counts=counts,
        decided_by=work.actor.id,
        decided_at=work.now,
    )
    about = ObjectRef("roster", batch.id, after.version)
    work.record(Entry(_DECIDED[state], about, {"state": state.value, **counts}, batch.school_id))
    return after


def _hold_back(work: Work, shown: ShownReview) -> None:
    """Keep open the classes whose rows were left out."""
    rows = [row for row in shown.review.rows if row.level is Level.ERROR]
    named = {str(row.class_name) for row in shown.review.rows}
    batches.release(work.connection, shown.batch.school_id, sorted(named))
    held = [HeldRow(shown.batch.id, str(row.class_name), row.sheet, row.row) for row in rows]
    batches.hold_back(work.connection, work.vault, shown.batch, held)
