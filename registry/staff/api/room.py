"""The chapters of this room's API, and the shapes that their operations share."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from registry.access.models.roles import Assignment, Term
from registry.access.rules import Action, Role, Scope
from registry.access.usecases.users import EsiaState
from registry.errors import N_
from registry.staff.pages.room import place_name
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Many, Moment, Text, Within, YesNo
from registry.web.api.rooms import Room
from registry.work import Work

staff_room = Room("staff", N_("Сотрудники и роли"))
deputies_room = Room("deputies", N_("Замещение"))


class TermBody(Body):
    """The days of a role, both included."""

    first = Day(load_default=None, allow_none=True, metadata={"description": N_("Без него: с сегодня")})
    last = Day(load_default=None, allow_none=True, metadata={"description": N_("Без него: пока не завершат")})


class RoleTold(Told):
    """A role: what, where, from which day to which."""

    id = Id()
    user_id = Id()
    role = Choice(Role)
    scope = Choice(Scope)
    place_id = Id(allow_none=True)
    school_id = Id(allow_none=True)
    place = Text(metadata={"description": N_("Место словами")})
    first = Day()
    last = Day(allow_none=True)
    stands = YesNo(metadata={"description": N_("Действует ли сегодня по датам")})
    actions = Many(
        Choice(Action),
        allow_none=True,
        metadata={"description": N_("Что передано заместителю; null у собственной роли")},
    )


class RowTold(Told):
    """An account with the roles that stand today."""

    id = Id()
    login = Text()
    name = Text()
    created_at = Moment()
    closed_at = Moment(allow_none=True)
    has_password = YesNo()
    totp_since = Moment(allow_none=True)
    roles = Many(Within(RoleTold))


class MemberTold(RowTold):
    """An account with all its roles, past ones too."""

    email = Text(allow_none=True)
    esia = Choice(EsiaState, allow_none=True)


def asked_term(said: dict[str, Any], today: date) -> Term:
    """Read the days of a role."""
    return Term(said["first"] or today, said["last"])


def role_told(work: Work, one: Assignment) -> dict[str, Any]:
    """Tell of a role."""
    right = one.right
    return {
        "id": one.id,
        "user_id": one.user_id,
        "role": right.role,
        "scope": right.scope,
        "place_id": right.place_id,
        "school_id": right.school_id,
        "place": place_name(work, one),
        "first": one.term.first,
        "last": one.term.last,
        "stands": one.term.takes_in(work.today),
        "actions": None if right.actions is None else sorted(right.actions),
    }


def roles_told(work: Work, given: Iterable[Assignment]) -> list[dict[str, Any]]:
    """Tell of some roles."""
    return [role_told(work, one) for one in given]
