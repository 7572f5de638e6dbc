"""The API of processes: definitions with the number of cases in each state, one case with its history."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Id, Made, Many, Moment, Pairs, Text, Whole, Within
from registry.web.api.rooms import Room
from registry.web.api.tags import tagged
from registry.web.current import begin_reading
from registry.web.doors import bearer
from registry.workflows import usecases, versions
from registry.workflows.cases import Happening
from registry.workflows.definition.shape import Definition
from registry.workflows.pages import check_place, counts_of

room = Room("workflows", N_("Процессы и дела"))
rooms = (room,)


class DefinitionTold(Told):
    """A process in its newest version."""

    id = Text()
    version = Whole()
    title = Pairs(Text(), metadata={"description": N_("Название по языкам")})


class StateTold(Told):
    """A state of a process."""

    id = Text()
    title = Pairs(Text())
    kind = Made(lambda one: str(one["kind"]))
    cases = Whole(allow_none=True, metadata={"description": N_("Сколько ваших дел сейчас здесь")})


class ProcessTold(DefinitionTold):
    """A process with its states."""

    states = Many(Within(StateTold))


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


class CaseTold(Told):
    """A case as it stands."""

    id = Id()
    definition_id = Text()
    version = Whole()
    state = Text()
    revision = Whole()
    school_id = Id(allow_none=True)
    assignee_role = Text(allow_none=True)
    entered_at = Moment()
    due_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    history = Many(Within(StepTold))


@room.serves("GET /processes", N_("Процессы"))
@bearer(Action.CASE_READ)
@room.lists(DefinitionTold, key=lambda one: one.id)
def list_processes() -> list[Definition]:
    """List the processes."""
    with begin_reading() as work:
        return list(versions.published(work.connection))


@room.serves("GET /processes/<definition_id>", N_("Процесс: состояния и число дел в каждом"))
@bearer(Action.CASE_READ)
@room.answers(ProcessTold)
def show_process(definition_id: str) -> dict[str, Any]:
    """Tell of one process."""
    with begin_reading() as work:
        definition, _ = versions.newest(work.connection, definition_id)
        counts = counts_of(work, definition_id)
    return {
        "id": definition.id,
        "version": definition.version,
        "title": definition.title,
        "states": [
            {
                "id": one.id,
                "title": one.title,
                "kind": one.kind,
                "cases": None if counts is None else counts.get(one.id, 0),
            }
            for one in definition.states
        ],
    }


@room.serves("GET /cases/<uuid:case_id>", N_("Дело с историей"))
@bearer(Action.CASE_READ)
@tagged
@room.answers(CaseTold)
def show_case(case_id: UUID) -> dict[str, Any]:
    """Tell where a case stands and how it came there."""
    with begin_reading() as work:
        opened = usecases.look(work, case_id)
        check_place(work, opened.case.school_id)
    return {name: getattr(opened.case, name) for name in _OWN} | {"history": opened.history}


_OWN = tuple(name for name in CaseTold().fields if name != "history")
