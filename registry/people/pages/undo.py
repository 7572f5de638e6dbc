"""Pages of an undo: what taking an approved list back would do, and what of it was kept and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_
from registry.people.dates import format_date
from registry.people.models.batches import Batch, BatchState
from registry.people.models.changes import Change, changes_of
from registry.people.models.persons import Person, load_persons
from registry.people.pages.looks import saw_list
from registry.people.pages.room import FIELD_WORDS, blueprint
from registry.people.pages.rosters import opened_batch
from registry.people.usecases import rosters
from registry.people.usecases.undo_plan import Kept
from registry.people.usecases.undoing import LATER_UPLOAD, plan_undo
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_names
from registry.web.templating import page
from registry.work import Work
from registry.workflows.usecases import look

MOST_SHOWN = 1_000
KEPT_WORDS = {
    Kept.ACT: N_("уже записано решение о согласии"),
    Kept.SUBMISSION: N_("уже стоит в подготовленной передаче"),
    Kept.CHANGED: N_("после утверждения запись изменили"),
    Kept.TAKEN: N_("прежнее значение теперь у другого человека"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is kept: the row of the file, whose it is, which field of it, and why."""

    sheet: str
    row: int
    name: str
    field: str
    why: str


@blueprint.get("/<uuid:school_id>/rosters/<uuid:batch_id>/undo")
@shows_names
@allowed(Action.ROSTER_APPROVE)
def undoing(school_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """Show what taking a list back would do; or what it did."""
    with begin_reading() as reading:
        opened_batch(reading, Action.ROSTER_APPROVE, school_id, batch_id)
    saw_list(school_id, "roster", batch_id)
    with begin_reading() as reading:
        school, batch = opened_batch(reading, Action.ROSTER_APPROVE, school_id, batch_id)
        if batch.state is BatchState.UNDONE:
            kept = kept_of(reading, batch)
            return page("people/undone.html", school=school, batch=batch, kept=kept[:MOST_SHOWN])
        undo = plan_undo(reading, school_id, batch_id)
        until = _last_day(reading, batch)
    kept = lines_of([(undo.changes[one], why) for one, why in undo.plan.kept.items()], undo.present.persons)
    return page(
        "people/undo.html",
        school=school,
        batch=batch,
        plan=undo.plan,
        mark=undo.mark,
        until=until,
        later=", ".join(undo.later),
        later_words=LATER_UPLOAD,
        kept=kept[:MOST_SHOWN],
        hidden=max(0, len(kept) - MOST_SHOWN),
    )


@blueprint.post("/<uuid:school_id>/rosters/<uuid:batch_id>/undo")
@allowed(Action.ROSTER_APPROVE)
def undo(school_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """Take back what the reader saw."""
    with begin_work() as work:
        opened_batch(work, Action.ROSTER_APPROVE, school_id, batch_id)
        rosters.undo(work, school_id, batch_id, request.form.get("mark", ""))
    return redirect(url_for("people.undoing", school_id=school_id, batch_id=batch_id), 303)


def _last_day(reading: Work, batch: Batch) -> str | None:
    """Say until which day, inclusive, a list can be taken back: its deadline is the midnight after."""
    due = look(reading, batch.case_id).case.due_at if batch.state is BatchState.APPROVED else None
    if due is None:
        return None
    return format_date((due - timedelta(seconds=1)).astimezone(reading.settings.timezone).date())


def kept_of(reading: Work, batch: Batch) -> list[Line]:
    """Name what of an undone list was kept."""
    made = [one for one in changes_of(reading.connection, reading.vault, batch) if one.kept]
    people = {one.person_id for one in made if one.person_id}
    persons = load_persons(reading.connection, reading.vault, people)
    return lines_of([(one, one.kept) for one in made], persons)


def lines_of(
    found: Sequence[tuple[Change, Sequence[tuple[str, str]]]], persons: Mapping[UUID, Person]
) -> list[Line]:
    """Name what is kept in the order of the file."""
    lines = [
        Line(
            one.sheet,
            one.row,
            _name(one, persons),
            FIELD_WORDS[field] if field else "",
            KEPT_WORDS[Kept(why)],
        )
        for one, reasons in found
        for why, field in reasons
    ]
    return sorted(lines, key=lambda line: (line.sheet, line.row))


def _name(one: Change, persons: Mapping[UUID, Person]) -> str:
    person = persons.get(one.person_id) if one.person_id else None
    return person.full_name if person else ""
