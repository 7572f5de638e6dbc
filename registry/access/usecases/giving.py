"""Roles: given for a term, ended, and handed on to a deputy."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from registry.access.models import roles, users
from registry.access.models.roles import Assignment, Term
from registry.access.rules import TABLE, Action, Right, Scope, check_right
from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

NEVER_HANDED_ON: Final = frozenset({Action.DELEGATE, Action.USER_MANAGE})
"""No right to give rights is handed on."""
LONGEST_DELEGATION: Final = timedelta(days=366)


def give_role(work: Work, user_id: UUID, right: Right, term: Term | None = None) -> UUID:
    """Give somebody a role in a place, from today on where no term is named; give the assignment's id.

    Raises:
        InvalidError: the role cannot be given there, or the term runs backwards.
        NotFoundError: there is no such user.
    """
    check_right(right)
    if users.account_of(work.connection, user_id) is None:
        raise NotFoundError(N_("Такого пользователя нет."))
    return _give(work, user_id, right, term or Term(work.today), None)


def end_role(work: Work, assignment_id: UUID, last_day: date) -> None:
    """End a role after a last day (yesterday ends it at once).

    Raises:
        NotFoundError: there is no such role, or it ends no later anyhow.
    """
    ended = roles.end_role(work.connection, assignment_id, last_day)
    if ended is None:
        raise NotFoundError(N_("Такой действующей роли нет."))
    state = {"user": str(ended.user_id), "last_day": last_day.isoformat()}
    what = ObjectRef("role", assignment_id, ended.version)
    work.record(Entry(EntryType.ROLE_ENDED, what, state, tenant=ended.right.school_id))


def delegate(work: Work, source: Assignment, deputy_id: UUID, actions: frozenset[Action], term: Term) -> UUID:
    """Hand some actions of one's own role on to a deputy of the same school, for a term of days.

    Args:
        work: its actor holds the role.
        source: the role that stands today.
        deputy_id: somebody with a role of his own in the school.
        actions: of the role, those that the deputy may do.
        term: with a last day; within the term of the role itself.

    Raises:
        ConflictError: the role is itself a deputy's.
        InvalidError: no actions, foreign ones, a term without end or too long, or nobody of the school.
    """
    _check_source(work, source, actions)
    _check_term(work, source, term)
    school_id = source.right.school_id
    standing = dict(users.colleagues(work.connection, school_id, work.today)) if school_id else {}
    if deputy_id not in standing or deputy_id == source.user_id:
        raise InvalidError(N_("Заместителем может быть другой сотрудник этой же школы."), code="deputy")
    right = Right(source.right.role, source.right.scope, source.right.place_id, school_id, actions)
    return _give(work, deputy_id, right, term, source.id)


def _check_source(work: Work, source: Assignment, actions: frozenset[Action]) -> None:
    if source.delegated_by is not None or source.user_id != work.actor.id:
        raise ConflictError(
            N_("Передать можно только свою роль: замещение дальше не передаётся."), code="delegated-already"
        )
    if not actions or not actions <= can_hand_on(source.right):
        raise InvalidError(N_("Выберите, что заместитель сможет делать."), code="delegated-actions")


def _check_term(work: Work, source: Assignment, term: Term) -> None:
    _check_days(term)
    last = term.last
    if last is None or last < work.today or last - term.first > LONGEST_DELEGATION:
        raise InvalidError(
            N_("Укажите последний день замещения: не раньше сегодняшнего и не больше года."),
            code="delegation-term",
        )
    if not source.term.takes_in(work.today):
        raise InvalidError(N_("Ваша роль сегодня не действует: передать её нельзя."), code="role-ended")


def can_hand_on(right: Right) -> frozenset[Action]:
    """Name the actions of a role that its holder may hand on to a deputy."""
    if right.scope not in {Scope.SCHOOL, Scope.CLASS}:
        return frozenset()
    return TABLE.get((right.role, right.scope), frozenset()) - NEVER_HANDED_ON


def take_back(work: Work, assignment: Assignment) -> None:
    """Take back at once what was handed on to a deputy.

    Raises:
        NotFoundError: it has ended before.
    """
    end_role(work, assignment.id, work.today - timedelta(days=1))


def _give(work: Work, user_id: UUID, right: Right, term: Term, source: UUID | None) -> UUID:
    _check_days(term)
    made = Assignment(work.new_id(), user_id, right, term, source, 1)
    roles.add_role(work.connection, made)
    state: dict[str, Json] = {
        "user": str(user_id),
        "role": right.role,
        "scope": right.scope,
        "place": None if right.place_id is None else str(right.place_id),
        "first_day": term.first.isoformat(),
        "last_day": None if term.last is None else term.last.isoformat(),
    }
    if source is not None:
        state |= {"delegated_by": str(source), "actions": sorted(right.actions or ())}
    work.record(Entry(EntryType.ROLE_GIVEN, ObjectRef("role", made.id, 1), state, tenant=right.school_id))
    return made.id


def _check_days(term: Term) -> None:
    if term.last is not None and term.last < term.first:
        raise InvalidError(N_("Последний день раньше первого: исправьте даты."), code="term-backwards")
