"""Who may manage whose account: the administrator all, a director tutors and clerks of his own school."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from registry.access.models.roles import Assignment
from registry.access.rules import TABLE, Action, Right, Role, Scope, rights_for

OF_SCHOOL: Final = frozenset({Role.TUTOR, Role.CLERK})
"""The roles that a director gives in his own school."""
OF_STAFF: Final = tuple(
    (role, scope) for role, scope in TABLE if role not in {Role.GUARDIAN, Role.STUDENT, Role.PLATFORM}
)
"""Roles of people who have an account, with the kinds of place where each can be given."""


def manages_all(rights: Iterable[Right]) -> bool:
    """Say whether somebody manages the accounts of the whole installation."""
    return any(right.scope is Scope.INSTALLATION for right in rights_for(rights, Action.USER_MANAGE))


def managed_schools(rights: Iterable[Right]) -> frozenset[UUID]:
    """Name the schools whose accounts somebody manages by a role in the school."""
    return frozenset(right.school_id for right in rights_for(rights, Action.USER_MANAGE) if right.school_id)


def may_give(rights: tuple[Right, ...], wanted: Right) -> bool:
    """Say whether somebody may give a role, or end it."""
    if manages_all(rights):
        return (wanted.role, wanted.scope) in OF_STAFF
    return wanted.role in OF_SCHOOL and wanted.school_id in managed_schools(rights)


def may_see(rights: tuple[Right, ...], roles: Iterable[Assignment]) -> bool:
    """Say whether somebody sees an account: of the installation, or of whoever has or had a role with him."""
    own = managed_schools(rights)
    return manages_all(rights) or any(one.right.school_id in own for one in roles)


def may_manage(rights: tuple[Right, ...], roles: Iterable[Assignment]) -> bool:
    """Say whether somebody may close an account or have its password set anew.

    A director may so only where nothing reaches beyond tutors and clerks of his own school: who sets a
    password anew could come in with all the roles of the account. What was handed on to a deputy in the
    school does not count: whom it was handed on by can take it back.
    """
    if manages_all(rights):
        return True
    own = managed_schools(rights)
    listed = [*roles]
    within = [_is_within(one, own) for one in listed]
    return bool(listed) and all(within)


def _is_within(one: Assignment, own: frozenset[UUID]) -> bool:
    plain = one.right.role in OF_SCHOOL or one.delegated_by is not None
    return plain and one.right.school_id in own
