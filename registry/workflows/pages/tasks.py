"""Tasks: what waits for who asks, for his role, in his schools."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_
from registry.web import navigation
from registry.web.current import begin_reading, signed_in
from registry.web.doors import allowed, shows_some_names
from registry.web.language import language
from registry.web.paging import PAGE_LENGTH
from registry.web.templating import page
from registry.workflows.definition import Definition
from registry.workflows.models.tasks import Asked, Place
from registry.workflows.pages.choosing import (
    Choice,
    asked_place,
    choices_of_part,
    chosen_part,
    link,
    own_places,
    where_of,
    word_of,
)
from registry.workflows.pages.room import ROLES, asker, blueprint
from registry.workflows.tasks import listing
from registry.workflows.tasks.processes import choosable
from registry.workflows.tasks.shares import Whose
from registry.workflows.timing import legal

WHOSE = {
    Whose.WAITING: N_("Ждут меня"),
    Whose.MINE: N_("Лично мои"),
    Whose.ROLE: N_("Моей роли, ещё ничьи"),
    Whose.ALL: N_("Все в моей школе или ветви"),
}


def _waiting() -> navigation.Waits:
    with begin_reading() as work:
        found = listing.count_waiting(work, asker(work))
    return navigation.Waits(found.held, found.late)


navigation.add(
    navigation.Entry(
        "workflows.tasks",
        N_("Задачи"),
        N_("Что ждёт вас и вашей роли: сначала просроченное. Взять, передать коллеге, перейти к работе."),
        Action.CASE_ADVANCE,
        order=5,
        waiting=_waiting,
    )
)


@blueprint.get("/tasks")
@shows_some_names
@allowed(Action.CASE_READ)
def tasks() -> ResponseReturnValue:
    """List tasks, the longest overdue first, page by page."""
    whose = asked_whose()
    with begin_reading() as work:
        part = chosen_part(work, request.args)
        asked = Asked(
            now=legal(work),
            today=work.today,
            where=where_of(part),
            definition_id=request.args.get("process", "")[:64],
            late=bool(request.args.get("late")),
            after=asked_place(),
            limit=PAGE_LENGTH + 1,
        )
        who = asker(work)
        found = listing.list_tasks(work, who, whose, asked)
        places = choices_of_part(work, part)
        processes = choosable(work, who, whose, own_places())
    shown = found[:PAGE_LENGTH]
    listing.saw(shown)
    return page(
        "workflows/tasks.html",
        tasks=shown,
        next=link(after=word_of(Place.of(shown[-1].case))) if len(found) > PAGE_LENGTH else None,
        whose=[Choice(gettext(words), link(whose=one), one is whose) for one, words in WHOSE.items()],
        late=[Choice("", link(late=None), not asked.late), Choice("", link(late="1"), asked.late)],
        processes=[
            Choice(_title(one), link(process=one.id), one.id == asked.definition_id) for one in processes
        ],
        any_process=Choice("", link(process=None), not asked.definition_id),
        places=places,
        everybody=whose is Whose.ALL,
        me=signed_in().session.user_id,
        words={"roles": ROLES, "language": language()},
    )


def _title(definition: Definition) -> str:
    return definition.title.get(language(), definition.title["ru"])


def asked_whose() -> Whose:
    """Read whose tasks are asked for; an unknown word asks for those that wait for who asks."""
    said = request.args.get("whose", "")
    return Whose(said) if said in set(Whose) else Whose.WAITING
