"""Values that two people claim, over the API: the open claims, both sides, the decision, schools' tasks."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import collisions_room
from registry.people.models.collisions import CollisionTask, Outcome, Todo, open_tasks
from registry.people.pages import collisions as pages
from registry.people.usecases import collisions
from registry.people.usecases.collisions import LONGEST_REASON, OpenClaim, Side
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Many, Moment, Text, Whole, Within, YesNo
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import bearer
from registry.web.idempotency import once

_TASKS = "/schools/<uuid:school_id>/collision-tasks"


class ClaimTold(Told):
    """A claim on which nobody has decided yet."""

    id = Id(attribute="claim.id")
    school_id = Id(attribute="claim.school_id")
    field = Text(attribute="claim.field")
    claimed_at = Moment(attribute="claim.claimed_at")
    days = Whole()


class SchoolSideTold(Told):
    """A school of somebody, and his class or that of his child."""

    school_id = Id()
    class_name = Text()
    is_student = YesNo()


class SideTold(Told):
    """A person on one side; null where the row of a list is not stored yet."""

    person_id = Id(allow_none=True)
    full_name = Text(allow_none=True)
    schools = Many(Within(SchoolSideTold))


class CollisionTold(Told):
    """Both sides of a claim."""

    id = Id()
    field = Text()
    masked = Text(metadata={"description": N_("Конец значения, каким его знает владелец")})
    holder = Within(SideTold)
    claimant = Within(SideTold)


class OutcomeBody(Body):
    """Whose value is to be put right, and why."""

    outcome = Choice(Outcome, required=True)
    reason = Text(required=True, least=1, most=LONGEST_REASON)


class CollisionTaskTold(Told):
    """What a school is asked to do about a value."""

    id = Id()
    person_id = Id(allow_none=True)
    field = Text()
    todo = Choice(Todo)
    given_at = Moment()


@collisions_room.serves("GET /collisions", N_("Спорные значения, о которых решаете вы"))
@bearer(Action.COLLISION_SETTLE)
@collisions_room.lists(ClaimTold, key=lambda one: one.claim.id)
def list_collisions() -> list[OpenClaim]:
    """List the open claims on which the token's owner may decide."""
    with begin_reading() as reading:
        found = collisions.list_open(reading, pages.schools_open(reading))
    return [one for one in found if can(Action.COLLISION_SETTLE, one.place)]


@collisions_room.serves("GET /collisions/<uuid:claim_id>", N_("Спорное значение: обе стороны"))
@bearer(Action.COLLISION_SETTLE)
@collisions_room.answers(CollisionTold)
def show_collision(claim_id: UUID) -> dict[str, Any]:
    """Tell both sides of a claim; that they were looked at is in the trail."""
    with begin_work() as work:
        found = pages.opened_collision(work, claim_id)
    return {
        "id": found.open.claim.id,
        "field": found.open.claim.field,
        "masked": found.masked,
        "holder": _side(found.holder),
        "claimant": _side(found.claimant),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "person_id": side.person.id if side.person else None,
        "full_name": side.person.full_name if side.person else None,
        "schools": [
            {
                "school_id": one.school.id,
                "class_name": str(one.family.class_name),
                "is_student": one.is_student,
            }
            for one in side.standings
        ],
    }


@collisions_room.serves("POST /collisions/<uuid:claim_id>", N_("Решить, чьё значение исправить"))
@bearer(Action.COLLISION_SETTLE)
@once
@collisions_room.takes(OutcomeBody)
@collisions_room.nothing
def settle_collision(said: dict[str, Any], claim_id: UUID) -> None:
    """Decide whose value is to be put right."""
    with begin_work() as work:
        found = pages.opened_collision(work, claim_id)
        collisions.settle(work, found.open, Outcome(said["outcome"]), said["reason"])


@collisions_room.serves(f"GET {_TASKS}", N_("Что школе исправить в спорных значениях"))
@bearer(Action.PERSON_EDIT)
@collisions_room.lists(CollisionTaskTold, key=lambda one: one.id)
def list_tasks(school_id: UUID) -> list[CollisionTask]:
    """List what a school has to do about values that others claim too."""
    with begin_reading() as reading:
        pages.own_school(reading, school_id)
        return open_tasks(reading.connection, school_id)


@collisions_room.serves(f"POST {_TASKS}/<uuid:task_id>/done", N_("Отметить, что задача сделана"))
@bearer(Action.PERSON_EDIT)
@once
@collisions_room.nothing
def finish_task(school_id: UUID, task_id: UUID) -> None:
    """Note that a task is done."""
    with begin_work() as work:
        pages.own_school(work, school_id)
        collisions.finish_task(work, school_id, task_id)
