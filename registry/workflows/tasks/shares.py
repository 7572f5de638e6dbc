"""Whose tasks somebody sees: each of his rights opens a share of them, a deputy's only what he was given."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.access.models.roles import stood_in_for
from registry.access.rules import Action, Right, Role, Scope, rights_for
from registry.workflows.models.counting import Where
from registry.workflows.models.tasks import Share
from registry.workflows.names import NAMES

STAFF: Final = (Role.TUTOR, Role.CLERK, Role.DIRECTOR, Role.COORDINATOR, Role.OPERATOR, Role.ADMINISTRATOR)
"""Roles of the registry's own people that can have tasks."""


class Whose(StrEnum):
    """Which tasks are asked for."""

    WAITING = "waiting"
    MINE = "mine"
    ROLE = "role"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for tasks.

    Attributes:
        rights: of the day, deputies' among them.
        deputy: what he has as somebody's deputy, each with the one he stands in for.
    """

    user_id: UUID
    rights: tuple[Right, ...]
    deputy: tuple[tuple[Right, UUID], ...] = ()


def asker_of(connection: Connection, user_id: UUID, rights: tuple[Right, ...], today: date) -> Asker:
    """Look up whom somebody stands in for, where one of his rights is a deputy's."""
    if all(one.actions is None for one in rights):
        return Asker(user_id, rights)
    return Asker(user_id, rights, tuple(stood_in_for(connection, user_id, today)))


def shares_of(asker: Asker, whose: Whose) -> list[Share]:
    """Give the shares of tasks that somebody sees."""
    own = [_share(one, one.role) for one in rights_for(asker.rights, Action.CASE_READ)]
    if whose is Whose.ALL:
        return list(_all(asker))
    found = list[Share]()
    if whose is not Whose.ROLE:
        found += [replace(one, person=asker.user_id) for one in own]
        found += [replace(one, person=person) for one, person in _principals(asker)]
    if whose is not Whose.MINE:
        found += own
    return found


def place_of_right(right: Right) -> Where | None:
    """Say in which schools a right reaches; none: everywhere, and in what belongs to no school."""
    if right.scope is Scope.INSTALLATION:
        return None
    if right.school_id is not None:
        return Where((right.school_id,))
    if right.place_id is None:
        return Where()
    return Where(below=(NAMES.atlas.below(right.scope, right.place_id),))


def kinds_of(right: Right) -> frozenset[str] | None:
    """Say on which kinds of subjects a deputy's right lets him work; none: on all, for it is no deputy's."""
    if right.actions is None:
        return None
    whole = replace(right, only=None)
    return frozenset(kind for kind, one in NAMES.pages.items() if rights_for([whole], one.action))


def _share(right: Right, role: Role) -> Share:
    classes = None
    if right.scope is Scope.CLASS and right.place_id is not None:
        classes = frozenset({right.place_id})
    return Share(role, place_of_right(right), classes, kinds_of(right))


def _principals(asker: Asker) -> Iterator[tuple[Share, UUID]]:
    allowed = {(one.role, one.scope, one.place_id) for one in rights_for(asker.rights, Action.CASE_READ)}
    for right, person in asker.deputy:
        if (right.role, right.scope, right.place_id) in allowed and rights_for([right], Action.CASE_READ):
            yield _share(right, right.role), person


def _all(asker: Asker) -> Iterator[Share]:
    for one in rights_for(asker.rights, Action.CASE_READ):
        yield from (replace(_share(one, role), held=True) for role in STAFF)
