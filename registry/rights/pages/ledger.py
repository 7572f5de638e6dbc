"""Pages of the ledger: which fields of whom left in which message, on which acts, and who must be told."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.room import opened_school, place_of, readable_schools
from registry.consents.pages.words import FIELDS
from registry.consents.rules.titles import NOTICES
from registry.errors import N_
from registry.people.models.persons import load_persons
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.rights import ledger
from registry.rights.ledger import Line
from registry.rights.models import disclosed
from registry.rights.pages.destructions import TOLD
from registry.web import navigation
from registry.web.current import begin_reading, can
from registry.web.doors import allowed, shows_names
from registry.web.filters import short_day
from registry.web.templating import page
from registry.work import Work

blueprint = Blueprint("ledger", __name__, template_folder="../templates")

navigation.add(
    navigation.Entry(
        "ledger.schools",
        N_("Книга передач"),
        N_("Какие поля и чьи переданы, на основании каких решений, и кого известить об отзыве."),
        Action.TRAIL_READ,
        order=75,
    )
)
BESIDE = {
    "class_name": N_("класс"),
    "school": N_("школа"),
    "relation": N_("кем приходится"),
    "document": N_("документ о решении с печатью"),
    "bundle": N_("пакет доказательств согласия"),
}


@blueprint.get("/ledger")
@allowed(Action.TRAIL_READ)
def schools() -> ResponseReturnValue:
    """List the schools whose ledger is open to who asks."""
    with begin_reading() as work:
        found = readable_schools(work, Action.TRAIL_READ)
    return page("rights/ledger_schools.html", schools=found)


@blueprint.get("/ledger/schools/<uuid:school_id>")
@allowed(Action.TRAIL_READ)
def messages(school_id: UUID) -> ResponseReturnValue:
    """List the messages of a school."""
    with begin_reading() as work:
        school = opened_school(work, Action.TRAIL_READ, school_id)
        found = disclosed.messages_of(work.connection, school_id)
    return page("rights/ledger_messages.html", school=school, messages=found)


@blueprint.get("/ledger/schools/<uuid:school_id>/messages/<uuid:message_id>")
@shows_names
@allowed(Action.TRAIL_READ)
def message(school_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Show one message; the look is in the trail."""
    with begin_reading() as work:
        school = opened_school(work, Action.TRAIL_READ, school_id)
        lines = ledger.lines_of_message(work, school_id, message_id)
        rows = _rows(work, school, lines)
    saw_list(school_id, "disclosure", message_id)
    return page("rights/ledger_message.html", school=school, rows=rows, first=lines[0].disclosure)


@blueprint.get("/ledger/schools/<uuid:school_id>/students/<uuid:student_id>")
@shows_names
@allowed(Action.TRAIL_READ)
def student(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Show where a student's data went, and who must be told of a withdrawal; the look is in the trail."""
    with begin_reading() as work:
        school = opened_school(work, Action.TRAIL_READ, school_id)
        lines = ledger.lines_of_student(work, school_id, student_id)
        rows = _rows(work, school, lines)
        standing = ledger.standing_of_student(work, school_id, student_id) if lines else []
    saw_list(school_id, "ledger-of-student", student_id)
    told = [
        (each.programme, one.name, gettext(TOLD[one.told]), one.confirmed_at)
        for each in standing
        for one in each.receivers
    ]
    return page("rights/ledger_student.html", school=school, rows=rows, told=told)


def _rows(work: Work, school: School, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Describe lines; who may not read of persons here is given their ids and no name."""
    names = can(Action.PEOPLE_READ, place_of(school))
    wanted = {person for one in lines for person in (one.disclosure.student_id, one.disclosure.person_id)}
    people = load_persons(work.connection, work.vault, wanted) if names else {}
    return [
        {
            "student_id": one.disclosure.student_id,
            "message_id": one.disclosure.message_id,
            "cleared_at": one.disclosure.cleared_at,
            "receiver": one.disclosure.receiver,
            "person": _named(people, one.disclosure.person_id),
            "student": _named(people, one.disclosure.student_id),
            "fields": ", ".join(gettext(FIELDS.get(name) or BESIDE[name]) for name in one.fields),
            "acts": [f"{gettext(NOTICES[act.notice])}, {short_day(act.on_day)}" for act in one.acts],
        }
        for one in lines
    ]


def _named(people: dict[UUID, Any], person_id: UUID) -> str:
    found = people.get(person_id)
    return str(found.full_name) if found else str(person_id)
