"""Moving the open cases of a version to another one."""

from collections.abc import Mapping
from typing import Any

from registry.access.rules import Action
from registry.errors import N_
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Many, Pairs, Text, Whole, Within, YesNo
from registry.web.current import begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once
from registry.workflows.api.drafts import room
from registry.workflows.migrating import usecases as migrating
from registry.workflows.migrating.usecases import Asked, Plan
from registry.workflows.pages.drafts import require_installation

MOST_STATES = 500


class StandingTold(Told):
    """The open cases of one state."""

    state = Text()
    held = Whole()
    target = Text(allow_none=True, metadata={"description": N_("Куда встанут; нет – места не нашлось")})
    counted = Whole(metadata={"description": N_("У скольких срок посчитают заново")})


class MovePlanTold(Told):
    """What a move to another version would do, or did."""

    total = Whole()
    places = Many(Within(StandingTold))
    moved = Pairs(Text(), metadata={"description": N_("Номер записи журнала, если дела переведены")})


class PlaceBody(Body):
    """Where the cases of a state go."""

    state = Text(required=True, most=64)
    target = Text(required=True, most=64)


class MigrationBody(Body):
    """Which open cases are moved, and whether it is only asked what would become of them."""

    source = Whole(required=True, least=1, most=10_000)
    target = Whole(required=True, least=1, most=10_000)
    places = Many(Within(PlaceBody), load_default=list, most=MOST_STATES)
    dry_run = YesNo(load_default=True)


@room.serves("POST /processes/<definition_id>/migration", N_("Перевести дела на другую версию"))
@fresh_sign_in
@bearer(Action.DEFINITION_MANAGE)
@once
@room.takes(MigrationBody)
@room.answers(MovePlanTold)
def migrate(said: dict[str, Any], definition_id: str) -> dict[str, Any]:
    """Tell what would become of the open cases of a version, and move them unless it was only asked."""
    require_installation()
    mapped = {one["state"]: one["target"] for one in said["places"]}
    asked = Asked(definition_id, said["source"], said["target"], mapped)
    with begin_work() as work:
        planned = migrating.plan(work, asked)
        moved = {} if said["dry_run"] else {"id": str(migrating.migrate(work, asked).id)}
    return _planned(planned, moved)


def _planned(planned: Plan, moved: Mapping[str, str]) -> dict[str, Any]:
    return {"total": planned.total, "places": planned.places, "moved": moved}
