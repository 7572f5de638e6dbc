"""Roles of staff over the API: giving one, and ending one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from registry.access.models import roles
from registry.access.models.roles import Assignment
from registry.access.rules import Action, Right, Role, Scope
from registry.access.usecases.giving import end_role, give_role
from registry.errors import N_, NotFoundError
from registry.staff.api.room import RoleTold, TermBody, asked_term, role_told, staff_room
from registry.staff.pages.choosing import Chosen, right_in
from registry.staff.pages.roles import ended_role, name_of_another
from registry.staff.pages.room import NOT_THERE
from registry.web.api.bodies import Body
from registry.web.api.fields import Choice, Day, Id
from registry.web.current import begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once
from registry.work import Work

_OF_STAFF = tuple(str(one) for one in Role if one not in {Role.GUARDIAN, Role.STUDENT, Role.PLATFORM})
_PLACES = tuple(str(one) for one in Scope if one is not Scope.SELF)


class RightBody(TermBody):
    """A role, its place and its days."""

    role = Choice(_OF_STAFF, required=True)
    scope = Choice(_PLACES, required=True)
    place_id = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": N_("Класс, школа, муниципалитет или регион; null для всего реестра")},
    )
    school_id = Id(
        load_default=None, allow_none=True, metadata={"description": N_("Школа класса; нужна только классу")}
    )


class EndBody(Body):
    """The last day of a role."""

    last = Day(
        load_default=None, allow_none=True, metadata={"description": N_("Без него роль завершается сразу")}
    )


def asked_right(work: Work, said: dict[str, Any]) -> Right:
    """Make the right that is asked for, if who asks may give it.

    Raises:
        InvalidError: he may not, or there is no such place; the two read alike.
    """
    role, scope = Role(said["role"]), Scope(said["scope"])
    kind = Chosen(f"{role}.{scope}", role, scope, said["school_id"])
    return right_in(work, kind, str(said["place_id"] or ""))


@staff_room.serves("POST /staff/<uuid:user_id>/roles", N_("Дать роль"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@staff_room.takes(RightBody)
@staff_room.answers(RoleTold, 201)
def give(said: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """Give somebody who has an account another role."""
    with begin_work() as work:
        name_of_another(work, user_id)
        made = give_role(work, user_id, asked_right(work, said), asked_term(said, work.today))
        return role_told(work, found_role(work, made))


@staff_room.serves("POST /staff/roles/<uuid:role_id>/end", N_("Завершить роль"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@staff_room.takes(EndBody)
@staff_room.answers(RoleTold)
def end(said: dict[str, Any], role_id: UUID) -> dict[str, Any]:
    """End a role at once, or after a day."""
    with begin_work() as work:
        ended_role(work, role_id)
        end_role(work, role_id, said["last"] or work.today - timedelta(days=1))
        return role_told(work, found_role(work, role_id))


def found_role(work: Work, role_id: UUID) -> Assignment:
    """Read a role that was written just now."""
    found = roles.find_role(work.connection, role_id)
    if found is None:
        raise NotFoundError(NOT_THERE)
    return found
