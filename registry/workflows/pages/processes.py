"""The processes, the drawing of each with its cases, and the cases that stand in one of its states."""

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from registry.access.rules import Action
from registry.errors import N_, NotFoundError
from registry.web import navigation
from registry.web.current import begin_reading, rights
from registry.web.doors import allowed, shows_some_names
from registry.web.language import in_language, language
from registry.web.paging import PAGE_LENGTH
from registry.web.templating import page
from registry.work import Work
from registry.workflows import versions
from registry.workflows.definition import Definition
from registry.workflows.drawing import draw, steps
from registry.workflows.models.tasks import Asked, Place, Standing
from registry.workflows.pages.choosing import (
    asked_place,
    choices_of_part,
    chosen_part,
    counts_of,
    link,
    own_places,
    part_in_address,
    where_of,
    word_of,
)
from registry.workflows.pages.room import ROLES, blueprint
from registry.workflows.pages.saying import say_date
from registry.workflows.tasks.listing import list_standing, saw
from registry.workflows.timing import legal

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
        part = chosen_part(work, request.args)
        counts = counts_of(work, definition_id, part)
        places = choices_of_part(work, part)
        awaited = _awaited(work, definition)
    return page(
        "workflows/process.html",
        definition=definition,
        drawing=Markup(draw(definition, language(), counts)),  # noqa: S704 - escaped where it is drawn
        steps=steps(definition, language()),
        counts=counts,
        places=places,
        part=part_in_address(part),
        words={
            "roles": ROLES,
            "units": UNITS,
            "processes": awaited,
            "date": partial(say_date, definition.subject),
            "language": language(),
        },
    )


def _awaited(work: Work, definition: Definition) -> dict[str, str]:
    """Title the processes whose cases a definition waits for."""
    waits = [step.waits_for.process for step in definition.transitions if step.waits_for is not None]
    found = versions.published(work.connection) if waits else []
    return {one.id: in_language(one.title) for one in found if one.id in waits}


@blueprint.get("/processes/<definition_id>/states/<state>")
@shows_some_names
@allowed(Action.CASE_READ)
def standing(definition_id: str, state: str) -> ResponseReturnValue:
    """List the open cases of a process that stand in one of its states, page by page."""
    with begin_reading() as work:
        definition, _ = versions.newest(work.connection, definition_id)
        if state not in {one.id for one in definition.states}:
            raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))
        part = chosen_part(work, request.args)
        asked = Asked(
            now=legal(work),
            today=work.today,
            where=where_of(part) or own_places(),
            late=bool(request.args.get("late")),
            after=asked_place(),
            limit=PAGE_LENGTH + 1,
        )
        found = list_standing(work, Standing(definition_id, state, asked), rights())
    shown = found[:PAGE_LENGTH]
    saw(shown)
    return page(
        "workflows/standing.html",
        definition=definition,
        state=definition.state(state),
        cases=shown,
        part=part,
        back=part_in_address(part),
        late=asked.late,
        next=link(after=word_of(Place.of(shown[-1].case))) if len(found) > PAGE_LENGTH else None,
        words={"roles": ROLES, "language": language()},
    )
