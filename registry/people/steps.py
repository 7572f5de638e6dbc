"""What the definition `roster-review` asks of this room, and where a school lies for whoever opens cases."""

from uuid import UUID

from registry.access.rules import Place
from registry.errors import N_, ConflictError, NotFoundError
from registry.people.atlas import Schools
from registry.people.jobs import FORGET_FILES
from registry.people.models import batches, changes, places
from registry.people.models.batches import Batch, HeldRow
from registry.people.models.changes import Change, ChangeKind
from registry.people.rosters.findings import Level
from registry.people.usecases.noting import Notes
from registry.people.usecases.reviewing import ShownReview, show_review
from registry.people.usecases.storing import store
from registry.people.usecases.undoing import LATER_UPLOAD, carry_out, plan_undo
from registry.people.zones import zone_of_school
from registry.storage.failpoints import reach
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows.cases import Case, Refused
from registry.workflows.names import NAMES


@NAMES.effect("people.store_batch")
def store_batch(work: Work, case: Case) -> None:
    """Store the good rows of exactly the review that was read, and hold the rows in error back."""
    shown = show_review(work, _school_of(case), case.subject.id)
    _check(shown, case)
    notes = Notes(work, shown.batch)
    store(work, shown.batch.school_id, notes, shown.review)
    for told in _hold_back(work, shown):
        notes.keep(told)
    notes.write()
    reach("roster.stored-before-decision")
    _note_decision(work, shown.batch, EntryType.ROSTER_APPROVED, shown.review.counts)


@NAMES.guard("people.nothing_later")
def nothing_later(work: Work, case: Case) -> Refused | None:
    """Hold that no list approved later tells of the same classes: it stands on what this one did."""
    batch = batches.get_batch(work.connection, _school_of(case), case.subject.id)
    later = changes.classes_told_later(work.connection, batch)
    return Refused(LATER_UPLOAD, {"classes": ", ".join(later)}, "later-upload") if later else None


@NAMES.effect("people.undo_batch")
def undo_batch(work: Work, case: Case) -> None:
    """Take back exactly what the reader of the plan agreed to."""
    undo = plan_undo(work, _school_of(case), case.subject.id)
    if undo.mark != case.context.get("mark"):
        raise ConflictError(
            N_("Пока вы читали, записи изменились. Посмотрите ещё раз, что будет отменено."),
            code="undo-changed",
        )
    if undo.plan.empty:
        raise ConflictError(
            N_("Отменять нечего: от этой загрузки ничего не осталось."), code="nothing-to-undo"
        )
    carry_out(work, undo)
    decided = batches.note_decision(
        work.connection, undo.batch, decided_by=work.actor.id, decided_at=work.now
    )
    about = ObjectRef("roster", decided.id, decided.version)
    state = {"state": decided.state.value, **undo.plan.counts}
    work.record(Entry(EntryType.ROSTER_UNDONE, about, state, decided.school_id))


@NAMES.effect("people.drop_batch")
def drop_batch(work: Work, case: Case) -> None:
    """Forget what the file of a batch said: nobody needs it, and it holds personal data."""
    batch = batches.get_batch(work.connection, _school_of(case), case.subject.id)
    _note_decision(work, batch, EntryType.ROSTER_CANCELLED, dict(batch.counts))
    reach("roster.dropped-before-promise")
    # After the commit: a file that is gone does not come back when the transaction does not hold.
    work.later(FORGET_FILES, files=[str(batch.workbook_file), str(batch.drafts_file)])


def place_of_school(work: Work, school_id: UUID | None) -> Place:
    """Say where a school lies, so that its municipality and region reach its cases."""
    try:
        school = places.get_school(work.connection, school_id) if school_id else None
    except NotFoundError:
        school = None
    if school is None:
        return Place(school=school_id)
    return Place(school.region_id, school.municipality_id, school.id)


NAMES.find_places_with(place_of_school)
NAMES.know_places_by(Schools())
NAMES.find_zones_with(zone_of_school)


def _school_of(case: Case) -> UUID:
    assert case.school_id is not None  # noqa: S101 - `rosters.upload` begins these cases, in a school
    return case.school_id


def _check(shown: ShownReview, case: Case) -> None:
    if shown.mark != case.context.get("mark"):
        raise ConflictError(
            N_("Пока вы читали, записи изменились. Посмотрите обзор ещё раз и утвердите его."),
            code="review-changed",
        )
    if any(row.class_name is None for row in shown.review.rows):
        # A row of no class could be held back in none, and no later list could release it.
        raise ConflictError(
            N_(
                "Не у всех строк виден класс: назовите листы по классам (9Б) "
                "или добавьте столбец «Класс» и загрузите список снова."
            ),
            code="class-unknown",
        )


def _note_decision(work: Work, batch: Batch, kind: EntryType, counts: dict[str, int]) -> None:
    decided = batches.note_decision(
        work.connection, batch, counts=counts, decided_by=work.actor.id, decided_at=work.now
    )
    about = ObjectRef("roster", decided.id, decided.version)
    work.record(Entry(kind, about, {"state": decided.state.value, **counts}, decided.school_id))


def _hold_back(work: Work, shown: ShownReview) -> list[Change]:
    """Keep open the classes whose rows were left out; a tutor's file says nothing of another's class.

    Gives a change for each class that the file told of, with the rows of earlier files that it released.
    """
    batch = shown.batch
    own = [row for row in shown.review.rows if not any(one.code == "class-foreign" for one in row.findings)]
    rows = [row for row in own if row.level is Level.ERROR]
    named = sorted({str(row.class_name) for row in own})
    released = batches.release(work.connection, work.vault, batch.school_id, named)
    held = [
        HeldRow(batch.id, number, str(row.class_name), row.sheet, row.row) for number, row in enumerate(rows)
    ]
    batches.hold_back(work.connection, work.vault, batch.school_id, held)
    return [_told(work, name, [one for one in released if one.class_name == name]) for name in named]


def _told(work: Work, name: str, released: list[HeldRow]) -> Change:
    held = [[str(one.batch_id), one.number, one.sheet, one.row] for one in released]
    return Change(work.new_id(), ChangeKind.TOLD, None, None, name, "", 0, {"held": held} if held else {})
