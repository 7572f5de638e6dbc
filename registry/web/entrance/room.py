"""What the pages of the entrance share: passwords and codes tried and counted, who asks, and with what."""

from typing import cast
from uuid import UUID

from flask import Blueprint, current_app, request

from registry.access.demands import BY_PASSWORD
from registry.access.models import users
from registry.access.models.users import Account
from registry.access.passwords import Passwords
from registry.access.usecases import factors, sessions
from registry.access.usecases.sessions import Arrival
from registry.errors import N_, ForbiddenError
from registry.trail.entries import Actor
from registry.web.cookies import sent_token
from registry.web.current import ANYBODY, begin_reading, current_registry, lacking, request_id, signed_in

EXTENSION = "registry-passwords"
WRONG_PASSWORD = N_("Пароль не подходит. Проверьте раскладку клавиатуры и попробуйте снова.")
DEVICES = (
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("android", "android"),
    ("windows", "windows"),
    ("mac os", "mac"),
    ("linux", "linux"),
)
"""What stands in a browser's own name for itself, and the one coarse word that is kept of it."""

blueprint = Blueprint("entrance", __name__)


def passwords() -> Passwords:
    """Give what makes and checks password hashes."""
    return cast("Passwords", current_app.extensions[EXTENSION])


def try_password(login: str, password: str) -> Account | None:
    """Count a try, then check the password outside any transaction: it takes long by design."""
    registry = current_registry()
    with registry.work(ANYBODY, request_id()) as work:
        sessions.take_try(work, login, request.remote_addr or "")
        account = users.find_account(work.connection, login)
    fits = passwords().fits(None if account is None else account.password_hash, password)
    return account if fits else None


def count_code_try(account: Account) -> None:
    """Count a try of a code in a transaction of its own, before the code is looked at."""
    with current_registry().work(ANYBODY, request_id()) as work:
        factors.take_code_try(work, account.id, request.remote_addr or "")


def arrival() -> Arrival:
    """Give what the browser brought along."""
    named = request.user_agent.string.casefold()
    device = next((word for part, word in DEVICES if part in named), "other")
    return Arrival(sent_token(request), device)


def as_staff(account: Account, auth: str = BY_PASSWORD) -> Actor:
    """Name a member of staff who acts without an open session."""
    return Actor(kind="staff", id=account.id, role="staff", auth=auth, school=None)


def user_id() -> UUID:
    """Give the id of the member of staff who asks.

    Raises:
        NotSignedInError, ForbiddenError: nobody is signed in, or a visitor is.
    """
    found = signed_in().session.user_id
    if found is None:
        raise ForbiddenError(N_("Эта страница только для сотрудников."))
    return found


def own_account() -> Account:
    """Read the account of the member of staff who asks."""
    return opened(user_id())


def lacking_account() -> Account:
    """Read the account of who gave his password and still lacks the second factor."""
    found = lacking()
    lacked = found and found.known.session.user_id
    return opened(lacked) if lacked else own_account()


def opened(wanted: UUID) -> Account:
    """Read an account that may sign in.

    Raises:
        ForbiddenError: it was closed.
    """
    with begin_reading() as reading:
        account = users.account_of(reading.connection, wanted)
    if account is None:
        raise ForbiddenError(N_("Учётная запись закрыта."))
    return account
