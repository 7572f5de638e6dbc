"""Pages to look at: the processes, the drawing of each with its cases, and the history of one case."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from registry.access.rules import Action, Scope, rights_for
from registry.errors import N_
from registry.web import navigation
from registry.web.current import begin_reading, require, rights, schools
from registry.web.doors import allowed
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work
from registry.workflows import models, usecases, versions
from registry.workflows.cases import Happening
from registry.workflows.drawing import draw, steps
from registry.workflows.moving import legal
from registry.workflows.names import NAMES

blueprint = Blueprint("workflows", __name__, template_folder="templates")

navigation.add(
    navigation.Entry(
        "workflows.processes",
        N_("Процессы"),
        N_("Как идут дела: схемы процессов, шаги, сроки и сколько дел на каждом шаге."),
        Action.CASE_READ,
        order=80,
    )
)

ROLES = {
    "tutor": N_("классный руководитель"),
    "clerk": N_("делопроизводитель"),
    "director": N_("директор"),
    "coordinator": N_("координатор"),
    "operator": N_("оператор"),
    "auditor": N_("аудитор"),
    "administrator": N_("администратор"),
    "guardian": N_("законный представитель"),
    "student": N_("обучающийся"),
    "platform": N_("платформа"),
    "system": N_("система"),
    "worker": N_("система"),
}
HAPPENINGS = {
    Happening.STARTED: N_("Дело начато"),
    Happening.MOVED: N_("Шаг"),
    Happening.REMINDED: N_("Напоминание по сроку"),
    Happening.ESCALATED: N_("Срок прошёл, дело передано"),
    Happening.HELD: N_("Срок прошёл, шаг невозможен"),
}
UNITS = {"hours": N_("часов: %(count)s"), "days": N_("дней: %(count)s")}


@blueprint.get("/processes")
@allowed(Action.CASE_READ)
def processes() -> ResponseReturnValue:
    """List the processes."""
    with begin_reading() as work:
        found = versions.published(work.connection)
    return page("workflows/processes.html", definitions=found, language_code=language())


@blueprint.get("/processes/<definition_id>")
@allowed(Action.CASE_READ)
def process(definition_id: str) -> ResponseReturnValue:
    """Show one process: the drawing with the number of cases, and the same as a list."""
    with begin_reading() as work:
        definition, _ = versions.newest(work.connection, definition_id)
        counts = counts_of(work, definition_id)
    return page(
        "workflows/process.html",
        definition=definition,
        drawing=Markup(draw(definition, language(), counts)),  # noqa: S704 - escaped where it is drawn
        places=steps(definition, language()),
        counts=counts,
        words={"roles": ROLES, "units": UNITS, "language": language()},
    )


@blueprint.get("/processes/cases/<uuid:case_id>")
@allowed(Action.CASE_READ)
def case(case_id: UUID) -> ResponseReturnValue:
    """Show one case: where it stands, what can happen next and by whom, and its history."""
    with begin_reading() as work:
        opened = usecases.look(work, case_id)
        check_place(work, opened.case.school_id)
        now = legal(work)
    return page(
        "workflows/case.html",
        opened=opened,
        overdue=opened.case.due_at is not None and opened.case.due_at <= now,
        ways=[way for way in opened.definition.ways_out(opened.case.state) if not way.immediate],
        words={"roles": ROLES, "happenings": HAPPENINGS, "language": language()},
    )


def check_place(work: Work, school_id: UUID | None) -> None:
    """Let through who may read cases of this school, by a role of it, of its classes or of its branch."""
    if school_id not in schools(Action.CASE_READ):
        require(Action.CASE_READ, NAMES.place_of(work, school_id))


def counts_of(work: Work, definition_id: str) -> Mapping[str, int] | None:
    """Cases in each state of what the reader sees; none for a branch, whose schools are not known here."""
    if any(right.scope is Scope.INSTALLATION for right in rights_for(rights(), Action.CASE_READ)):
        return models.counts(work.connection, definition_id)
    own = schools(Action.CASE_READ)
    return models.counts(work.connection, definition_id, sorted(own)) if own else None
