"""Choosing a role and its place, a question a page: which role, which school, then the place and the days."""

from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_babel import gettext

from registry.access.managing import OF_STAFF, managed_schools, manages_all, may_give
from registry.access.rules import Right, Role, Scope
from registry.errors import N_, InvalidError
from registry.people.dates import school_year
from registry.people.models import places
from registry.staff.pages.room import ROLE_WORDS, SCOPE_WORDS
from registry.web.current import rights
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen so far; `kind` is ``role.scope``."""

    kind: str
    role: Role
    scope: Scope
    school_id: UUID | None


def open_kinds() -> dict[str, str]:
    """Name the roles that who asks may give somewhere."""
    every = manages_all(rights())
    return {
        f"{role}.{scope}": f"{gettext(ROLE_WORDS[role])} {gettext(SCOPE_WORDS[scope])}"
        for role, scope in OF_STAFF
        if every or role in {Role.TUTOR, Role.CLERK}
    }


def chosen() -> Chosen | None:
    """Read what was chosen so far; none when no role was."""
    kind = request.values.get("kind", "")
    if kind not in open_kinds():
        return None
    role, _, scope = kind.partition(".")
    return Chosen(kind, Role(role), Scope(scope), _asked_school())


def _asked_school() -> UUID | None:
    try:
        asked = UUID(request.values.get("school", ""))
    except ValueError:
        asked = None
    own = managed_schools(rights())
    if manages_all(rights()):
        return asked
    return asked if asked in own else min(own, default=None)


def schools_to_choose(work: Work, said: Chosen) -> dict[str, str] | None:
    """Name the schools of which one is to be chosen first; none when that is settled."""
    if said.scope is not Scope.CLASS or said.school_id is not None:
        return None
    return {str(one.id): one.name for one in places.list_schools(work.connection)}


def places_to_choose(work: Work, said: Chosen) -> dict[str, str]:
    """Name the places where the role can be given; none for the whole installation."""
    if said.scope is Scope.CLASS:
        if said.school_id is None:
            return {}
        year = school_year(work.today)
        found = places.list_classes(work.connection, said.school_id, year)
        return {str(one.id): str(one.name) for one in found}
    if said.scope is Scope.SCHOOL:
        every = places.list_schools(work.connection)
        own = managed_schools(rights())
        return {str(one.id): one.name for one in every if manages_all(rights()) or one.id in own}
    regions = places.list_regions(work.connection) if said.scope is not Scope.INSTALLATION else []
    if said.scope is Scope.REGION:
        return {str(one.id): one.name for one in regions}
    towns = [town for one in regions for town in places.list_municipalities(work.connection, one.id)]
    return {str(one.id): one.name for one in towns}


def right_of(work: Work, said: Chosen) -> Right:
    """Make the right that was chosen.

    Raises:
        InvalidError: no place was chosen, or it is none of those that were open.
    """
    return right_in(work, said, request.form.get("place", ""))


def right_in(work: Work, said: Chosen, typed: str) -> Right:
    """Make the right of a chosen role in the place with this id.

    Raises:
        InvalidError: there is no such place, or who asks may give no such role there; the two read alike.
    """
    place_id: UUID | None = None
    if said.scope is not Scope.INSTALLATION:
        if typed not in places_to_choose(work, said):
            raise InvalidError(N_("Выберите место из списка."), code="place")
        place_id = UUID(typed)
    school_id = {Scope.CLASS: said.school_id, Scope.SCHOOL: place_id}.get(said.scope)
    right = Right(said.role, said.scope, place_id, school_id)
    if not may_give(rights(), right):
        raise InvalidError(N_("Выберите место из списка."), code="place")
    return right
