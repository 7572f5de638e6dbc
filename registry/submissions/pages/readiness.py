"""Readiness of one school in one programme, and the clerk's two buttons: prepare, correct."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.room import opened_school, place_of
from registry.consents.pages.rows import row_of
from registry.consents.pages.words import COLOURS, SIGNS, STATES
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.people.usecases.accounts import lacks_account
from registry.programmes.models import participation_of
from registry.submissions import usecases
from registry.submissions.models import records
from registry.submissions.pages.classes import cases_of
from registry.submissions.pages.room import blueprint, deadline_of, state_titles, title_of
from registry.submissions.pages.waiting import is_overdue
from registry.submissions.pages.words import COLOURS as STATE_COLOURS
from registry.submissions.pages.words import KINDS
from registry.submissions.readiness import ClassReadiness, Readiness, readiness
from registry.submissions.standing import Row
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import allowed, shows_names
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

MOST_NAMED = 10
"""How many blockers of a class are named here; the class's own page names all."""
TO_PREPARE = {None, "collecting", "ready"}


@blueprint.get("/submissions/schools/<uuid:school_id>/<programme>")
@shows_names
@allowed(Action.SUBMISSION_READ)
def show_school(school_id: UUID, programme: str) -> ResponseReturnValue:
    """Show who still keeps the school open, class by class, and what can be done next."""
    with begin_reading() as work:
        school = opened_school(work, Action.SUBMISSION_READ, school_id)
        shown = _shown(work, school, programme[:60])
    saw_list(school_id, "school", school_id)
    return page("submissions/school.html", shown=shown)


def _shown(work: Work, school: School, programme_id: str) -> dict[str, object]:
    programme = participation_of(work.connection, school.id, programme_id).programme
    found = readiness(work, school.id, programme.id)
    row = Row(records.of_school(work.connection, school.id, programme.id))
    state = row.current.state if row.current else None
    cases = cases_of(work, row.current)
    may_prepare = can(Action.SUBMISSION_PREPARE, place_of(school))
    return {
        "school": school,
        "lacks_account": lacks_account(work, school.id),
        "programme": programme.id,
        "programme_title": title_of(programme),
        "receiver": programme.receiver,
        "deadline": deadline_of(programme, work.today),
        "readiness": found,
        "closed": found.total - found.waiting,
        "states": _states(found),
        "classes": [_class(found, one, cases.get(one.class_id)) for one in found.classes],
        "held_back": found.held,
        "submissions": row.submissions,
        "overdue": {one.id for one in row.submissions if is_overdue(one)},
        "titles": state_titles(work),
        "colours": STATE_COLOURS,
        "kinds": {kind: gettext(words) for kind, words in KINDS.items()},
        "current": row.current,
        "can_prepare": may_prepare and found.ready and state in TO_PREPARE,
        "can_correct": may_prepare and state == "acknowledged",
        "may_prepare": may_prepare,
    }


def _states(found: Readiness) -> list[dict[str, object]]:
    return [
        {
            "words": gettext(STATES[state]),
            "sign": SIGNS[state],
            "colour": COLOURS[state],
            "number": number,
        }
        for state, number in found.states.most_common()
    ]


def _class(found: Readiness, one: ClassReadiness, case: dict[str, object] | None) -> dict[str, object]:
    return {
        "case": case,
        "id": one.class_id,
        "name": one.name,
        "total": one.total,
        "closed": one.closed,
        "waiting": len(one.waiting),
        "blockers": [row_of(blocker, found.papers) for blocker in one.waiting[:MOST_NAMED]],
        "held": len(one.held),
        "more": max(len(one.waiting) - MOST_NAMED, 0),
    }


@blueprint.post("/submissions/schools/<uuid:school_id>/<programme>/prepare")
@allowed(Action.SUBMISSION_PREPARE)
@once
def prepare(school_id: UUID, programme: str) -> ResponseReturnValue:
    """Freeze the school's whole registry for the director."""
    with begin_work() as work:
        opened_school(work, Action.SUBMISSION_PREPARE, school_id)
        made = usecases.prepare_school(work, school_id, programme[:60])
    return redirect(url_for("submissions.show", submission_id=made.id), 303)


@blueprint.post("/submissions/schools/<uuid:school_id>/<programme>/correction")
@allowed(Action.SUBMISSION_PREPARE)
@once
def begin_correction(school_id: UUID, programme: str) -> ResponseReturnValue:
    """Begin a correction of what the platform holds; it is prepared like the first message."""
    with begin_work() as work:
        opened_school(work, Action.SUBMISSION_PREPARE, school_id)
        usecases.begin_correction(work, school_id, programme[:60])
    return redirect(url_for("submissions.show_school", school_id=school_id, programme=programme), 303)
