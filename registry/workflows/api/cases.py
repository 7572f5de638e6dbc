"""Cases: those of a school, and one with its history and what can happen next.

Nothing here takes a step: each step that people may take is an operation of the room that owns the case,
which asks for what it needs besides the role (the password once more, the mark of what was seen).
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.web.api.bodies import PageAsked, Told
from registry.web.api.fields import Choice, Id, Many, Moment, Pairs, Text, Whole, Within, YesNo
from registry.web.api.lists import Asked, Page, page
from registry.web.api.tags import tagged
from registry.web.current import begin_reading
from registry.web.doors import bearer
from registry.workflows import models, usecases
from registry.workflows.api.room import room
from registry.workflows.cases import Case, Happening, Step
from registry.workflows.pages.room import check_place
from registry.workflows.tasks.saying import comments_of
from registry.workflows.usecases import Opened

_STANDING: Final = {"open": False, "closed": True, "all": None}


class StepTold(Told):
    """One line of a case's history."""

    number = Whole()
    kind = Choice(Happening)
    source = Text(allow_none=True)
    target = Text()
    transition = Text(allow_none=True)
    actor_role = Text()
    at = Moment()
    reason = Text(allow_none=True)
    given_to = Id(allow_none=True, metadata={"description": N_("Кому этим перешла задача")})
    comment = Text(allow_none=True, metadata={"description": N_("Примечание для всех, кто видит дело")})


class CaseRowTold(Told):
    """A case as it stands."""

    id = Id()
    definition_id = Text()
    version = Whole()
    state = Text()
    revision = Whole()
    school_id = Id(allow_none=True)
    class_id = Id(allow_none=True, attribute="subject.class_id")
    assignee_role = Text(allow_none=True)
    assignee_person = Id(allow_none=True, metadata={"description": N_("У кого задача, если её взяли")})
    entered_at = Moment()
    due_at = Moment(allow_none=True, metadata={"description": N_("Ближайшее напоминание или срок")})
    late_at = Moment(allow_none=True, metadata={"description": N_("С какого времени дело просрочено")})
    closed_at = Moment(allow_none=True)
    parent_id = Id(allow_none=True, metadata={"description": N_("Главное дело, если это его часть")})


class NextTold(Told):
    """A step that can come next, by whom, and whether the token's owner has one of the roles."""

    transition = Text(attribute="id")
    title = Pairs(Text())
    target = Text()
    by = Many(Text())
    mine = YesNo()


class CaseTold(CaseRowTold):
    """A case with its history and what can happen next."""

    history = Many(Within(StepTold))
    next = Many(Within(NextTold))


class CasesAsked(PageAsked):
    """Which cases are asked for."""

    definition = Text(load_default="", most=64, metadata={"description": N_("Только дела этого процесса")})
    standing = Choice(
        tuple(_STANDING), load_default="open", metadata={"description": N_("Открытые, закрытые или все")}
    )


@room.serves("GET /cases", N_("Дела, которые не относятся ни к одной школе"))
@bearer(Action.CASE_READ)
@room.pages(CaseRowTold, CasesAsked)
def list_cases(asked: dict[str, Any]) -> Page[Case]:
    """List the cases of the whole installation, in the order in which they were started."""
    return _listed(asked, None)


@room.serves("GET /schools/<uuid:school_id>/cases", N_("Дела школы"))
@bearer(Action.CASE_READ)
@room.pages(CaseRowTold, CasesAsked)
def list_school_cases(asked: dict[str, Any], school_id: UUID) -> Page[Case]:
    """List the cases of a school, in the order in which they were started."""
    return _listed(asked, school_id)


def _listed(asked: dict[str, Any], school_id: UUID | None) -> Page[Case]:
    part = Asked(asked["after"], asked["limit"])
    wanted = models.Wanted(school_id, asked["definition"], _STANDING[asked["standing"]])
    with begin_reading() as work:
        check_place(work, school_id)
        found = models.listed(work.connection, wanted, part.id, part.limit + 1)
    return page(found, part.limit, lambda one: one.id)


@room.serves("GET /cases/<uuid:case_id>", N_("Дело с историей и следующими шагами"))
@bearer(Action.CASE_READ)
@tagged
@room.answers(CaseTold)
def show_case(case_id: UUID) -> dict[str, Any]:
    """Tell where a case stands and how it came there."""
    with begin_reading() as work:
        opened = usecases.look(work, case_id)
        check_place(work, opened.case.school_id)
        comments = comments_of(work, opened.case)
    told = {name: getattr(opened.case, name) for name in _OWN}
    history = [{**_line(one), "comment": comments.get(one.number)} for one in opened.history]
    return told | {"history": history, "next": list(_next(opened))}


_OWN = (*(name for name in CaseRowTold().fields if name != "class_id"), "subject")
_LINE = tuple(name for name in StepTold().fields if name != "comment")


def _line(one: Step) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _LINE}


def _next(opened: Opened) -> Iterator[dict[str, Any]]:
    for step in opened.definition.ways_out(opened.case.state):
        if not step.immediate:
            yield {
                "id": step.id,
                "title": step.title,
                "target": step.target,
                "by": step.by,
                "mine": step in opened.possible,
            }
