"""Lists to take away: a class or a school, as a workbook or as text, to upload again; and an empty one."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_, NotFoundError
from registry.people.dates import school_year
from registry.people.models import places
from registry.people.pages.room import blueprint, open_ones, opened_school, place_of
from registry.people.rosters.template import write_template
from registry.people.rosters.text_table import write_text
from registry.people.rosters.workbook import Page, write_workbook
from registry.people.usecases.downloading import take_out
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import allowed, fresh_sign_in, shows_persons

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<uuid:school_id>/roster.xlsx")
@shows_persons
@fresh_sign_in
@allowed(Action.PERSON_READ)
def school_roster(school_id: UUID) -> ResponseReturnValue:
    """Hand out the classes of a school that are open to who asks, a sheet a class."""
    return workbook(write_workbook(_of_school(school_id)), f"roster-{school_id.hex[-6:]}.xlsx")


@blueprint.get("/<uuid:school_id>/roster.csv")
@fresh_sign_in
@shows_persons
@allowed(Action.PERSON_READ)
def school_roster_text(school_id: UUID) -> ResponseReturnValue:
    """Hand out the same as text, one table."""
    return handed_out(write_text(_of_school(school_id)), f"roster-{school_id.hex[-6:]}.csv", _CSV)


def _of_school(school_id: UUID) -> list[Page]:
    with begin_work() as work:
        school = opened_school(work, Action.PERSON_READ, school_id)
        listed = places.list_classes(work.connection, school_id, school_year(work.today))
        classes = open_ones(Action.PERSON_READ, school, listed)
        if not classes:
            raise NotFoundError(N_("В школе пока нет классов: сначала загрузите список."))
        return take_out(work, school_id, classes)


@blueprint.get("/<uuid:school_id>/classes/<uuid:class_id>/roster.xlsx")
@shows_persons
@fresh_sign_in
@allowed(Action.PERSON_READ)
def class_roster(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Hand out the list of one class."""
    return workbook(write_workbook(_of_class(school_id, class_id)), f"roster-{class_id.hex[-6:]}.xlsx")


@blueprint.get("/<uuid:school_id>/classes/<uuid:class_id>/roster.csv")
@fresh_sign_in
@shows_persons
@allowed(Action.PERSON_READ)
def class_roster_text(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Hand out the same as text."""
    return handed_out(write_text(_of_class(school_id, class_id)), f"roster-{class_id.hex[-6:]}.csv", _CSV)


def _of_class(school_id: UUID, class_id: UUID) -> list[Page]:
    with begin_work() as work:
        school = places.get_school(work.connection, school_id)
        require(Action.PERSON_READ, place_of(school, class_id))
        asked = places.get_class(work.connection, school_id, class_id)
        return take_out(work, school_id, [asked])


@blueprint.get("/<uuid:school_id>/rosters/template.xlsx")
@allowed(Action.ROSTER_UPLOAD)
def roster_template(school_id: UUID) -> ResponseReturnValue:
    """Hand out an empty list to fill in, with the classes to choose from."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.ROSTER_UPLOAD, school_id)
        listed = places.list_classes(reading.connection, school_id, school_year(reading.today))
        names = [str(one.name) for one in open_ones(Action.ROSTER_UPLOAD, school, listed)]
    return workbook(write_template(names, gettext), "roster-template.xlsx")


def workbook(made: bytes, name: str) -> Response:
    """Hand a workbook out."""
    return handed_out(made, name, _XLSX)


def handed_out(made: bytes, name: str, kind: str) -> Response:
    """Hand a file out to be saved, and kept by no cache on the way."""
    answer = Response(made, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
