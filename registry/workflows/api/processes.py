"""Processes with the number of cases in each state."""

from typing import Any

from registry.access.rules import Action
from registry.errors import N_
from registry.web.api.bodies import Told
from registry.web.api.fields import Made, Many, Moment, Pairs, Text, Whole, Within
from registry.web.current import begin_reading
from registry.web.doors import bearer
from registry.workflows import versions
from registry.workflows.api.places import PlaceAsked, said_of
from registry.workflows.api.room import room
from registry.workflows.definition.shape import Definition
from registry.workflows.pages.choosing import chosen_part, counts_of


class DefinitionTold(Told):
    """A process in its newest version."""

    id = Text()
    version = Whole()
    title = Pairs(Text(), metadata={"description": N_("Название по языкам")})


class ProcessStateTold(Told):
    """A state of a process."""

    id = Text()
    title = Pairs(Text())
    kind = Made(lambda one: str(one["kind"]))
    cases = Whole(metadata={"description": N_("Сколько дел, которые вам видны, сейчас здесь")})
    late = Whole(metadata={"description": N_("Сколько из них просрочено")})


class ProcessTold(DefinitionTold):
    """A process with its states."""

    states = Many(Within(ProcessStateTold))
    counted_at = Moment(
        allow_none=True, metadata={"description": N_("Когда посчитаны дела; null, если сейчас")}
    )


@room.serves("GET /processes", N_("Процессы"))
@bearer(Action.CASE_READ)
@room.lists(DefinitionTold, key=lambda one: one.id)
def list_processes() -> list[Definition]:
    """List the processes."""
    with begin_reading() as work:
        return list(versions.published(work.connection))


@room.serves("GET /processes/<definition_id>", N_("Процесс: состояния и число дел в каждом"))
@bearer(Action.CASE_READ)
@room.takes(PlaceAsked, "query")
@room.answers(ProcessTold)
def show_process(said: dict[str, Any], definition_id: str) -> dict[str, Any]:
    """Tell of one process."""
    with begin_reading() as work:
        definition, _ = versions.newest(work.connection, definition_id)
        counts = counts_of(work, definition_id, chosen_part(work, said_of(said)))
    return {
        "id": definition.id,
        "version": definition.version,
        "title": definition.title,
        "counted_at": counts.at,
        "states": [
            {
                "id": one.id,
                "title": one.title,
                "kind": one.kind,
                "cases": counts.of(one.id).held,
                "late": counts.of(one.id).late,
            }
            for one in definition.states
        ],
    }
