"""Deputies over the API: what one handed on of one's own roles, for how long, and taking it back."""

from typing import Any
from uuid import UUID

from registry.access.models import roles, users
from registry.access.models.roles import Assignment
from registry.access.rules import Action
from registry.access.usecases.giving import delegate, take_back
from registry.errors import N_
from registry.staff.api.roles import found_role
from registry.staff.api.room import RoleTold, TermBody, asked_term, deputies_room, role_told, roles_told
from registry.staff.bundles import BUNDLES, actions_of, bundles_of
from registry.staff.pages.deputies import given_role, own_role, own_roles
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Id, Many, Text, Within
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.entrance.room import user_id
from registry.web.idempotency import once
from registry.work import Work

_OWN = "/deputies/roles/<uuid:own_role_id>"


class ColleagueTold(Told):
    """Somebody who can stand in."""

    id = Id()
    name = Text()


class OfferTold(Told):
    """What can be handed on of a role, and to whom."""

    role = Within(RoleTold)
    what = Many(Choice(tuple(BUNDLES)))
    colleagues = Many(Within(ColleagueTold))


class DeputyBody(TermBody):
    """Who stands in, for what and for how long; a last day is needed."""

    deputy_id = Id(required=True)
    what = Many(Choice(tuple(BUNDLES)), most=len(BUNDLES), required=True)


@deputies_room.serves("GET /deputies/roles", N_("Ваши роли, которые можно передать"))
@bearer(Action.DELEGATE)
@deputies_room.lists(RoleTold, key=lambda one: one["id"])
def list_own_roles() -> list[dict[str, Any]]:
    """List the roles of the token's owner of which something can be handed on."""
    with begin_reading() as work:
        return roles_told(work, own_roles(work))


@deputies_room.serves("GET /deputies", N_("Кому что передано"))
@bearer(Action.DELEGATE)
@deputies_room.lists(RoleTold, key=lambda one: one["id"])
def list_deputies() -> list[dict[str, Any]]:
    """List what the token's owner handed on."""
    with begin_reading() as work:
        return roles_told(work, roles.handed_on(work.connection, user_id()))


@deputies_room.serves(f"GET {_OWN}", N_("Что и кому можно передать из роли"))
@bearer(Action.DELEGATE)
@deputies_room.answers(OfferTold)
def show_offer(own_role_id: UUID) -> dict[str, Any]:
    """Tell what can be handed on of a role, and to whom."""
    with begin_reading() as work:
        source = own_role(work, own_role_id)
        return {
            "role": role_told(work, source),
            "what": list(bundles_of(source.right)),
            "colleagues": _colleagues(work, source),
        }


def _colleagues(work: Work, source: Assignment) -> list[dict[str, Any]]:
    school_id = source.right.school_id
    found = users.colleagues(work.connection, school_id, work.today) if school_id else []
    return [{"id": one, "name": name} for one, name in found if one != source.user_id]


@deputies_room.serves(f"POST {_OWN}/deputies", N_("Передать часть роли заместителю"))
@fresh_sign_in
@bearer(Action.DELEGATE)
@once
@deputies_room.takes(DeputyBody)
@deputies_room.answers(RoleTold, 201)
def name_deputy(said: dict[str, Any], own_role_id: UUID) -> dict[str, Any]:
    """Hand the chosen rights on."""
    with begin_work() as work:
        source = own_role(work, own_role_id)
        actions = actions_of(source.right, said["what"])
        made = delegate(work, source, said["deputy_id"], actions, asked_term(said, work.today))
        return role_told(work, found_role(work, made))


@deputies_room.serves("POST /deputies/<uuid:given_role_id>/end", N_("Забрать переданное обратно"))
@bearer(Action.DELEGATE)
@once
@deputies_room.nothing
def end_deputy(given_role_id: UUID) -> None:
    """Take back at once what was handed on."""
    with begin_work() as work:
        take_back(work, given_role(work, given_role_id))
