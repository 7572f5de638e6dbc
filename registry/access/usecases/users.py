"""Accounts of staff: made, closed and opened again, and what is noted of them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from registry.access.models import factors, roles, sessions, users
from registry.access.models.users import Account, Profile
from registry.access.rules import Action, Place, may
from registry.access.usecases.giving import end_role, give_role
from registry.access.usecases.telling import Step, tell_holder
from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

__all__ = ["end_role", "give_role"]

RIGHT_ENDED = "right-ended"
"""Code of the refusal of a job whose orderer may no longer do what he ordered."""
LONGEST_LOGIN = 120
LONGEST_NAME = 200
LONGEST_EMAIL = 254
EMAIL = "users.email"


class EsiaState(StrEnum):
    """How far somebody's account in ESIA is confirmed."""

    NONE = "none"
    SIMPLIFIED = "simplified"
    STANDARD = "standard"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is needed for an account: a login, a name to show, a hash that `Passwords.hash` made, an address.

    An empty hash fits no password: the person sets his own by a one-time link.
    """

    login: str
    name: str
    password_hash: str = ""
    email: str = ""


def login_as_kept(typed: str) -> str:
    """Give a login as it is stored and looked up: trimmed, lower case."""
    return typed.strip().casefold()[:LONGEST_LOGIN]


def add_user(work: Work, wanted: NewUser) -> UUID:
    """Make an account that may sign in; it has no role yet.

    Raises:
        InvalidError: login or name is empty, or the e-mail address is none.
        ConflictError: the login is taken.
    """
    login, name = login_as_kept(wanted.login), " ".join(wanted.name.split())[:LONGEST_NAME]
    if not login or not name:
        raise InvalidError(N_("Укажите логин и имя сотрудника."))
    account = Account(work.new_id(), login, name, wanted.password_hash)
    email = _sealed_email(work, account.id, wanted.email)
    if not users.add_user(work.connection, account, email, work.now):
        raise ConflictError(N_("Такой логин уже занят: выберите другой."), code="login-taken")
    state = {"login": login, "name": name}
    work.record(Entry(EntryType.USER_ADDED, ObjectRef("user", account.id, 1), state, tenant=None))
    return account.id


def change_details(work: Work, profile: Profile, name: str, email: str) -> None:
    """Change how somebody is called and where he is written to; an empty address takes it away.

    Raises:
        InvalidError: the name is empty, or the e-mail address is none.
    """
    called = " ".join(name.split())[:LONGEST_NAME]
    if not called:
        raise InvalidError(N_("Укажите фамилию, имя и отчество сотрудника."), code="name")
    sealed = _sealed_email(work, profile.id, email)
    users.change_user(work.connection, profile, name=called, email=sealed)
    _record(work, EntryType.USER_CHANGED, profile, {"name": called})


def _sealed_email(work: Work, user_id: UUID, typed: str) -> bytes | None:
    address = typed.strip()
    if not address:
        return None
    name, at, host = address.rpartition("@")
    whole = name and at and "." in host and address.isprintable() and len(address.split()) == 1
    if not whole or len(address) > LONGEST_EMAIL:
        raise InvalidError(N_("Адрес почты записан неверно: исправьте его."), code="email")
    return work.vault.seal_shared(EMAIL, user_id, address)


def email_of(work: Work, profile: Profile) -> str | None:
    """Open the e-mail address of an account, if there is one."""
    if profile.email is None:
        return None
    return work.vault.open_shared(EMAIL, profile.id, profile.email).decode()


def opened_profile(work: Work, user_id: UUID) -> Profile:
    """Read an account, closed ones too.

    Raises:
        NotFoundError: there is none.
    """
    found = users.profile_of(work.connection, user_id)
    if found is None:
        raise NotFoundError(N_("Такого пользователя нет."))
    return found


def still_may(work: Work, user_id: UUID, action: Action, place: Place) -> bool:
    """Tell whether a member of staff may do something today: for jobs that run on his behalf later on."""
    return may(roles.rights_of(work.connection, user_id, work.today), action, place)


def close_account(work: Work, profile: Profile) -> None:
    """Close an account: its sessions and links end at once, its roles stand still until it is opened again.

    Raises:
        ConflictError: it is closed.
    """
    if profile.closed_at is not None:
        raise ConflictError(N_("Учётная запись уже закрыта."), code="account-closed")
    users.change_user(work.connection, profile, disabled_at=work.now)
    sessions.end_others(work.connection, profile.id, None, work.now)
    factors.end_links(work.connection, profile.id, work.now)
    _record(work, EntryType.USER_CLOSED, profile, {"closed": True})
    tell_holder(work, profile.id, Step.CLOSED)


def reopen_account(work: Work, profile: Profile) -> None:
    """Open a closed account again, with the roles that still stand.

    Raises:
        ConflictError: it is open.
    """
    if profile.closed_at is None:
        raise ConflictError(N_("Учётная запись открыта."), code="account-open")
    users.change_user(work.connection, profile, disabled_at=None)
    _record(work, EntryType.USER_REOPENED, profile, {"closed": False})
    tell_holder(work, profile.id, Step.REOPENED)


def note_esia(work: Work, profile: Profile, state: EsiaState) -> None:
    """Note how far somebody's account in ESIA is confirmed, as whoever notes it saw it."""
    users.change_user(
        work.connection, profile, esia_state=state.value, esia_by=work.actor.id, esia_at=work.now
    )
    _record(work, EntryType.USER_CHANGED, profile, {"esia": state.value})


def _record(work: Work, kind: EntryType, profile: Profile, said: dict[str, Json]) -> None:
    state: dict[str, Json] = {
        "login": profile.login,
        "name": profile.name,
        "closed": profile.closed_at is not None,
        "esia": None if profile.esia is None else profile.esia.state,
    }
    about = ObjectRef("user", profile.id, profile.version + 1)
    work.record(Entry(kind, about, state | said, tenant=work.actor.school))
