"""Taking an approved list back, over the API: what it would do, and doing it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import rosters_room
from registry.people.api.rosters import BatchTold, MarkBody
from registry.people.models.batches import Batch, BatchState
from registry.people.pages.looks import saw_list
from registry.people.pages.rosters import opened_batch
from registry.people.pages.undo import Line, kept_of, lines_of
from registry.people.usecases import rosters
from registry.people.usecases.undoing import plan_undo
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Many, Text, Whole, Within
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_names
from registry.web.idempotency import once

_UNDO = "/schools/<uuid:school_id>/rosters/<uuid:batch_id>/undo"


class KeptTold(Told):
    """Something that is kept: the row of the file, whose it is, which field of it, and why."""

    sheet = Text()
    row = Whole()
    name = Text()
    field = Text()
    why = Text()


class UndoTold(Told):
    """What taking a list back would do, or did."""

    state = Choice(BatchState)
    mark = Text(
        allow_none=True, metadata={"description": N_("Передайте при отмене; null, когда она уже сделана")}
    )
    leaving = Whole(allow_none=True, metadata={"description": N_("Сколько обучающихся уйдёт из списка")})
    later = Many(Text(), metadata={"description": N_("Классы, о которых рассказал более поздний список")})
    kept = Many(Within(KeptTold))


@rosters_room.serves(f"GET {_UNDO}", N_("Что сделает отмена списка"))
@shows_names
@bearer(Action.ROSTER_APPROVE)
@rosters_room.answers(UndoTold)
def show_undo(school_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """Tell what taking a list back would do; or what it did."""
    with begin_reading() as reading:
        _, batch = opened_batch(reading, Action.ROSTER_APPROVE, school_id, batch_id)
        if batch.state is BatchState.UNDONE:
            told = _told(batch, kept_of(reading, batch))
        else:
            undo = plan_undo(reading, school_id, batch_id)
            kept = lines_of(
                [(undo.changes[one], why) for one, why in undo.plan.kept.items()], undo.present.persons
            )
            told = _told(batch, kept) | {
                "mark": undo.mark,
                "leaving": len(undo.plan.leaving),
                "later": list(undo.later),
            }
    saw_list(school_id, "roster", batch_id)
    return told


def _told(batch: Batch, kept: Sequence[Line]) -> dict[str, Any]:
    return {"state": batch.state, "mark": None, "leaving": None, "later": [], "kept": kept}


@rosters_room.serves(f"POST {_UNDO}", N_("Отменить утверждённый список целиком"))
@bearer(Action.ROSTER_APPROVE)
@once
@rosters_room.takes(MarkBody)
@rosters_room.answers(BatchTold)
def undo(said: dict[str, Any], school_id: UUID, batch_id: UUID) -> Batch:
    """Take back what the asker saw."""
    with begin_work() as work:
        opened_batch(work, Action.ROSTER_APPROVE, school_id, batch_id)
        return rosters.undo(work, school_id, batch_id, said["mark"])
