"""Tasks over the API: what waits for the token's owner, and a task handed from one to another."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.web.api.bodies import Body, PageAsked, Told
from registry.web.api.fields import LINES, Choice, Id, Many, Pairs, Text, Whole, Within, YesNo
from registry.web.api.lists import Asked as AskedPage
from registry.web.api.lists import Page, page
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer
from registry.web.idempotency import once
from registry.work import Work
from registry.workflows.api.cases import CaseRowTold
from registry.workflows.api.places import PlaceAsked, said_of
from registry.workflows.api.room import room
from registry.workflows.cases import Case
from registry.workflows.models.tasks import Asked, Place
from registry.workflows.pages.choosing import chosen_part, read_place, where_of, word_of
from registry.workflows.pages.handing import opened
from registry.workflows.pages.room import asker
from registry.workflows.tasks import doing, listing
from registry.workflows.tasks.doing import LONGEST_COMMENT, Handed
from registry.workflows.tasks.listing import Shown
from registry.workflows.tasks.shares import Asker, Whose
from registry.workflows.timing import legal

_TASK: Final = "/cases/<uuid:case_id>/task"
_LATE: Final = {"any": False, "overdue": True}


class CaseTaskTold(Told):
    """A task: a case with its titles, where it is, and with whom it lies."""

    case = Within(CaseRowTold)
    process = Pairs(Text(), attribute="definition.title")
    state_title = Pairs(Text())
    school = Text(allow_none=True, metadata={"description": N_("Название школы")})
    classroom = Text(allow_none=True, metadata={"description": N_("Класс, если задача о классе")})
    holder = Text(allow_none=True, metadata={"description": N_("У кого задача, если её взяли")})
    late = YesNo(metadata={"description": N_("Просрочена ли задача")})


class CountTold(Told):
    """How many tasks wait, and how many of them are overdue; a thousand stands for more."""

    waiting = Whole(attribute="held")
    late = Whole()


class TaskColleagueTold(Told):
    """Somebody to whom the task may be handed over."""

    id = Id()
    name = Text()


class TaskColleaguesTold(Told):
    """Everybody to whom the task may be handed over."""

    colleagues = Many(Within(TaskColleagueTold))


class TasksAsked(PageAsked, PlaceAsked):
    """Which tasks are asked for."""

    whose = Choice(
        Whose,
        load_default=Whose.WAITING.value,
        metadata={"description": N_("Ждут меня, лично мои, ничьи моей роли, все, что мне видны")},
    )
    definition = Text(load_default="", most=64, metadata={"description": N_("Только дела этого процесса")})
    late = Choice(
        tuple(_LATE), load_default="any", metadata={"description": N_("Любые или только просроченные")}
    )


class SeenBody(Body):
    """Which revision of the case was seen: a case that changed since is refused."""

    revision = Whole(required=True, least=1, most=1_000_000_000)


class HandedBody(SeenBody):
    """To whom a task is handed over, and what is said along with it."""

    colleague_id = Id(required=True)
    comment = Text(load_default="", most=LONGEST_COMMENT, pattern=LINES)


class CommentBody(SeenBody):
    """What is said about a case."""

    comment = Text(required=True, least=1, most=LONGEST_COMMENT, pattern=LINES)


@room.serves("GET /tasks", N_("Задачи: сначала просроченные"))
@bearer(Action.CASE_READ)
@room.pages(CaseTaskTold, TasksAsked)
def list_tasks(said: dict[str, Any]) -> Page[dict[str, Any]]:
    """List tasks, the longest overdue first."""
    asked = AskedPage(said["after"], said["limit"])
    with begin_reading() as work:
        wanted = Asked(
            now=legal(work),
            today=work.today,
            where=where_of(chosen_part(work, said_of(said))),
            definition_id=said["definition"],
            late=_LATE[said["late"]],
            after=read_place(asked.key) if asked.after else None,
            limit=asked.limit + 1,
        )
        found = listing.list_tasks(work, asker(work), Whose(said["whose"]), wanted)
    return page([_told(one) for one in found], asked.limit, lambda one: word_of(Place.of(one["case"])))


def _told(one: Shown) -> dict[str, Any]:
    state = one.definition.state(one.case.state)
    names = ("case", "definition", "school", "classroom", "holder", "late")
    return {name: getattr(one, name) for name in names} | {"state_title": state.title}


@room.serves("GET /tasks/count", N_("Сколько задач ждёт и сколько из них просрочено"))
@bearer(Action.CASE_READ)
@room.answers(CountTold)
def count_tasks() -> Any:  # noqa: ANN401 - what the shape tells
    """Count what waits for the token's owner."""
    with begin_reading() as work:
        return listing.count_waiting(work, asker(work))


@room.serves(f"GET {_TASK}/colleagues", N_("Кому можно передать задачу"))
@bearer(Action.CASE_ADVANCE)
@room.answers(TaskColleaguesTold)
def list_colleagues(case_id: UUID) -> dict[str, Any]:
    """List who has the role of the task in the place of its case."""
    with begin_reading() as work:
        opened(work, case_id)
        found = doing.colleagues(work, doing.find(work, case_id))
    return {"colleagues": [{"id": one, "name": name} for one, name in found]}


@room.serves(f"POST {_TASK}/take", N_("Взять задачу"))
@bearer(Action.CASE_ADVANCE)
@once
@room.takes(SeenBody)
@room.answers(CaseRowTold)
def take(said: dict[str, Any], case_id: UUID) -> Case:
    """Take a task that lies with nobody."""
    return _done(case_id, lambda work, who: doing.take(work, who, case_id, said["revision"]))


@room.serves(f"POST {_TASK}/take-back", N_("Забрать задачу у коллеги"))
@bearer(Action.CASE_ADVANCE)
@once
@room.takes(SeenBody)
@room.answers(CaseRowTold)
def take_back(said: dict[str, Any], case_id: UUID) -> Case:
    """Take a task from the colleague with whom it lies."""
    return _done(case_id, lambda work, who: doing.take_back(work, who, case_id, said["revision"]))


@room.serves(f"POST {_TASK}/put-back", N_("Вернуть свою задачу всем с этой ролью"))
@bearer(Action.CASE_ADVANCE)
@once
@room.takes(SeenBody)
@room.answers(CaseRowTold)
def put_back(said: dict[str, Any], case_id: UUID) -> Case:
    """Give one's own task back to all of the role."""
    return _done(case_id, lambda work, who: doing.put_back(work, who, case_id, said["revision"]))


@room.serves(f"POST {_TASK}/hand-over", N_("Передать задачу коллеге"))
@bearer(Action.CASE_ADVANCE)
@once
@room.takes(HandedBody)
@room.answers(CaseRowTold)
def hand_over(said: dict[str, Any], case_id: UUID) -> Case:
    """Hand a task over to a colleague."""
    given = Handed(said["colleague_id"], said["comment"])
    return _done(case_id, lambda work, who: doing.hand_over(work, who, case_id, said["revision"], given))


@room.serves("POST /cases/<uuid:case_id>/comments", N_("Добавить примечание к делу"))
@bearer(Action.CASE_ADVANCE)
@once
@room.takes(CommentBody)
@room.answers(CaseRowTold)
def comment(said: dict[str, Any], case_id: UUID) -> Case:
    """Say something about a case."""
    return _done(case_id, lambda work, _: doing.comment(work, case_id, said["revision"], said["comment"]))


def _done(case_id: UUID, change: Callable[[Work, Asker], Case]) -> Case:
    with begin_work() as work:
        return change(work, opened(work, case_id))
