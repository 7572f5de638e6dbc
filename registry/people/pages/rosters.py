"""Pages of rosters: upload, review with errors first, approve, cancel."""

from dataclasses import dataclass
from pathlib import PureWindowsPath
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_, InvalidError, RegistryError
from registry.people.class_names import ClassName
from registry.people.models import batches, places
from registry.people.models.batches import Batch, BatchState
from registry.people.models.places import School
from registry.people.pages.classes import readable_schools
from registry.people.pages.looks import saw_list
from registry.people.pages.room import WORDS, blueprint, opened_school, own_classes, place_of
from registry.people.rosters.findings import Finding, Level
from registry.people.rosters.reader import LIMITS, read_workbook
from registry.people.rosters.review import Review
from registry.people.usecases import rosters
from registry.people.usecases.reviewing import RosterFile, read_roster, show_review
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, can, require, signed_in
from registry.web.doors import allowed, shows_names, takes_up_to
from registry.web.errors import status_of, told
from registry.web.templating import page
from registry.work import Work
from registry.workflows.names import NAMES

_FORM_ROOM = 64 * 1024
_MOST_SHOWN = 1_000
_LONGEST_TITLE = 100

navigation.add(
    navigation.Entry(
        "people.rosters_home",
        N_("Загрузка списков"),
        N_("Загрузить список обучающихся из таблицы и утвердить его."),
        Action.ROSTER_UPLOAD,
        order=30,
    )
)


NAMES.page_of(
    "roster_upload",
    Action.ROSTER_UPLOAD,
    lambda case: url_for("people.review", school_id=case.school_id, batch_id=case.subject.id),
)


@blueprint.get("/rosters")
@allowed(Action.ROSTER_UPLOAD)
def rosters_home() -> ResponseReturnValue:
    """Show for which schools lists may be uploaded; a single one opens at once."""
    with begin_reading() as reading:
        schools = readable_schools(reading, Action.ROSTER_UPLOAD)
    if len(schools) == 1:
        return redirect(url_for("people.roster_list", school_id=schools[0].id), 303)
    return page("people/schools.html", schools=schools)


@blueprint.get("/<uuid:school_id>/rosters")
@allowed(Action.ROSTER_UPLOAD)
def roster_list(school_id: UUID) -> ResponseReturnValue:
    """Show the form for a file and the files that were uploaded before."""
    return _upload_form(school_id)


def _upload_form(school_id: UUID, errors: dict[str, str] | None = None) -> str:
    with begin_reading() as reading:
        school = opened_school(reading, Action.ROSTER_UPLOAD, school_id)
        listed = [one for one in batches.list_batches(reading.connection, school_id) if is_mine(school, one)]
        own = only_class(reading, school)
    pasted = {
        "cells": request.form.get("cells", ""),
        "class": request.form.get("class", str(own) if own else ""),
    }
    return page(
        "people/rosters.html",
        school=school,
        batches=listed,
        errors=errors,
        pasted=pasted,
        most_mib=LIMITS.packed >> 20,
        most_rows=f"{LIMITS.rows:,}".replace(",", "\u00a0"),
    )


@blueprint.post("/<uuid:school_id>/rosters")
@takes_up_to(LIMITS.packed + _FORM_ROOM)
@allowed(Action.ROSTER_UPLOAD)
def upload(school_id: UUID) -> ResponseReturnValue:
    """Take a file or pasted cells: read by a process of its own, reviewed, kept in a short transaction."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.ROSTER_UPLOAD, school_id)
        only = only_class(reading, school)
    try:
        sent = _sent()
        file = RosterFile(sent.data, read_workbook(sent.data, sent.title), only)
        with begin_reading() as reading:
            read = read_roster(reading, school_id, file)
        with begin_work() as work:
            batch = rosters.upload(work, school_id, read)
    except RegistryError as error:
        field = "cells" if "cells" in request.form else "file"
        return _upload_form(school_id, {field: told(error)}), status_of(error)
    return redirect(url_for("people.review", school_id=school_id, batch_id=batch.id), 303)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, and what its one sheet is called where it names none: a text does not."""

    data: bytes
    title: str


def _sent() -> Sent:
    cells = request.form.get("cells", "")
    if cells.strip():
        return Sent(cells.encode(), _title(request.form.get("class", "")) or gettext("Вставленные ячейки"))
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidError(N_("Выберите файл со списком или вставьте ячейки таблицы."), code="roster-no-file")
    with file.stream as stream:
        return Sent(bytes(stream.read()), _title(PureWindowsPath(file.filename).stem))


def _title(typed: str) -> str:
    return " ".join(typed.split())[:_LONGEST_TITLE]


def only_class(reading: Work, school: School) -> ClassName | None:
    """Give the class to which an upload is narrowed: a tutor's own; none for who may upload any."""
    if can(Action.ROSTER_UPLOAD, place_of(school)):
        return None
    own = sorted(own_classes(Action.ROSTER_UPLOAD, school.id))
    return places.get_class(reading.connection, school.id, own[0]).name


def is_mine(school: School, batch: Batch) -> bool:
    """Whether who asks sees an upload: who keeps the school sees each, a tutor his own."""
    return can(Action.ROSTER_UPLOAD, place_of(school)) or batch.uploaded_by == signed_in().session.user_id


@blueprint.get("/<uuid:school_id>/rosters/<uuid:batch_id>")
@shows_names
@allowed(Action.ROSTER_UPLOAD)
def review(school_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """Show what a file would do, errors first."""
    with begin_reading() as reading:
        school, batch = opened_batch(reading, Action.ROSTER_UPLOAD, school_id, batch_id)
        if batch.state is BatchState.CANCELLED:
            return page("people/cancelled.html", school=school, batch=batch)
        if batch.state is BatchState.UNDONE:
            return redirect(url_for("people.undoing", school_id=school_id, batch_id=batch_id), 303)
        shown = show_review(reading, school_id, batch_id)
    saw_list(school_id, "roster", batch_id)
    findings = by_weight(shown.review)
    return page(
        "people/review.html",
        school=school,
        batch=shown.batch,
        mark=shown.mark,
        review=shown.review,
        classless=any(row.class_name is None for row in shown.review.rows),
        counts=shown.review.counts,
        findings=findings[:_MOST_SHOWN],
        hidden=max(0, len(findings) - _MOST_SHOWN),
        **WORDS,
    )


def by_weight(found: Review) -> list[Finding]:
    """Order what a reader must look at: errors first; what was simply accepted as typed is left out."""
    order = [Level.ERROR, Level.INCOMPLETE, Level.WARNING, Level.OK]
    worth = [one for one in found.findings if one.field or one.level is not Level.OK]
    return sorted(worth, key=lambda one: order.index(one.level))


@blueprint.post("/<uuid:school_id>/rosters/<uuid:batch_id>/approve")
@allowed(Action.ROSTER_APPROVE)
def approve(school_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """Store what the reader saw."""
    with begin_work() as work:
        opened_batch(work, Action.ROSTER_APPROVE, school_id, batch_id)
        rosters.approve(work, school_id, batch_id, request.form.get("mark", ""))
    return redirect(url_for("people.review", school_id=school_id, batch_id=batch_id), 303)


@blueprint.post("/<uuid:school_id>/rosters/<uuid:batch_id>/cancel")
@allowed(Action.ROSTER_APPROVE)
def cancel(school_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """Drop an upload."""
    with begin_work() as work:
        opened_batch(work, Action.ROSTER_APPROVE, school_id, batch_id)
        rosters.cancel(work, school_id, batch_id)
    return redirect(url_for("people.roster_list", school_id=school_id), 303)


def opened_batch(work: Work, action: Action, school_id: UUID, batch_id: UUID) -> tuple[School, Batch]:
    """Read a batch with which who asks may do this: any of the school, or one of his own."""
    school = opened_school(work, action, school_id)
    batch = batches.get_batch(work.connection, school_id, batch_id)
    if not is_mine(school, batch):
        require(action, place_of(school))
    return school, batch
