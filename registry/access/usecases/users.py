"""Users and the roles given to them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.access.models import users
from registry.access.models.users import Account
from registry.access.rules import Action, Place, Right, check_right, may
from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

RIGHT_ENDED = "right-ended"
"""Code of the refusal of a job whose orderer may no longer do what he ordered."""
LONGEST_LOGIN = 120
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is needed for an account: a login, a name to show, and a hash that `Passwords.hash` made."""

    login: str
    name: str
    password_hash: str


def login_as_kept(typed: str) -> str:
    """Give a login as it is stored and looked up: trimmed, lower case."""
    return typed.strip().casefold()[:LONGEST_LOGIN]


def add_user(work: Work, wanted: NewUser) -> UUID:
    """Make an account that may sign in; it has no role yet.

    Raises:
        InvalidError: login or name is empty.
        ConflictError: the login is taken.
    """
    login, name = login_as_kept(wanted.login), wanted.name.strip()[:LONGEST_NAME]
    if not login or not name:
        raise InvalidError(N_("Укажите логин и имя сотрудника."))
    account = Account(work.new_id(), login, name, wanted.password_hash)
    if not users.add_user(work.connection, account, work.now):
        raise ConflictError(N_("Такой логин уже занят: выберите другой."), code="login-taken")
    state = {"login": login, "name": name}
    work.record(Entry(EntryType.USER_ADDED, ObjectRef("user", account.id, 1), state, tenant=None))
    return account.id


def give_role(work: Work, user_id: UUID, right: Right) -> UUID:
    """Give somebody a role in a place from today on; give the assignment's id.

    Raises:
        InvalidError: the role cannot be given there.
        NotFoundError: there is no such user.
    """
    check_right(right)
    if users.account_of(work.connection, user_id) is None:
        raise NotFoundError(N_("Такого пользователя нет."))
    assignment_id = work.new_id()
    users.add_role(work.connection, assignment_id, user_id, right, work.today)
    what = ObjectRef("role", assignment_id, 1)
    state = {
        "user": str(user_id),
        "role": right.role,
        "scope": right.scope,
        "place": None if right.place_id is None else str(right.place_id),
    }
    work.record(Entry(EntryType.ROLE_GIVEN, what, state, tenant=right.school_id))
    return assignment_id


def still_may(work: Work, user_id: UUID, action: Action, place: Place) -> bool:
    """Tell whether a member of staff may do something today: for jobs that run on his behalf later on."""
    return may(users.rights_of(work.connection, user_id, work.today), action, place)


def end_role(work: Work, assignment_id: UUID, last_day: date) -> None:
    """End a role after a last day (yesterday ends it at once).

    Raises:
        NotFoundError: there is no such role, or it has ended before.
    """
    user_id = users.end_role(work.connection, assignment_id, last_day)
    if user_id is None:
        raise NotFoundError(N_("Такой действующей роли нет."))
    state = {"user": str(user_id), "last_day": last_day.isoformat()}
    what = ObjectRef("role", assignment_id, 2)
    work.record(Entry(EntryType.ROLE_ENDED, what, state, tenant=work.actor.school))
