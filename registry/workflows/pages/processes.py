"""The processes, and the drawing of each with its cases."""

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from registry.access.rules import Action
from registry.errors import N_
from registry.web import navigation
from registry.web.current import begin_reading
from registry.web.doors import allowed
from registry.web.language import language
from registry.web.templating import page
from registry.workflows import versions
from registry.workflows.drawing import draw, steps
from registry.workflows.pages.room import ROLES, blueprint, counts_of

navigation.add(
    navigation.Entry(
        "workflows.processes",
        N_("Процессы"),
        N_("Как идут дела: схемы процессов, шаги, сроки и сколько дел на каждом шаге."),
        Action.CASE_READ,
        order=80,
    )
)

UNITS = {
    "hours": N_("часов: %(count)s"),
    "days": N_("дней: %(count)s"),
    "working days": N_("рабочих дней: %(count)s"),
}


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
