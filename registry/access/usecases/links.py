"""One-time links by which a member of staff sets his own password: nobody else ever knows one."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.access.models import factors, roles, sessions, users
from registry.access.models.users import Account
from registry.access.rules import Role
from registry.access.tokens import TOKEN_LENGTH, new_token, token_hash
from registry.access.usecases.telling import Step, tell_holder
from registry.errors import N_, GoneError
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

STANDS: Final = timedelta(days=3)
PATH: Final = "/password/"


def make_link(work: Work, account: Account) -> str:
    """Make the address of a link for somebody's account; links made before end. It is shown once.

    The password that he has stays good until he uses the link.
    """
    token = new_token()
    times = (work.now, work.now + STANDS)
    factors.add_link(work.connection, token_hash(token), account.id, work.actor.id, times)
    _record(work, EntryType.USER_LINK_MADE, account)
    return f"{work.settings.base_url}{PATH}{token}"


def holder_of(work: Work, token: str) -> Account:
    """Tell whose password a link sets; looking uses nothing up.

    Raises:
        GoneError: it was used, is too old or never was; or the account is closed.
    """
    user_id = factors.link_holder(work.connection, token_hash(token), work.now) if _fits(token) else None
    return _opened(work, user_id)


def set_by_link(work: Work, token: str, password_hash: str) -> None:
    """Set a password by a link, which is used up; all sessions of the account end.

    Raises:
        GoneError: as in `holder_of`; of two who use it at once one is told so.
    """
    user_id = factors.spend_link(work.connection, token_hash(token), work.now) if _fits(token) else None
    account = _opened(work, user_id)
    set_password(work, account, password_hash, None)


def set_password(work: Work, account: Account, password_hash: str, kept: UUID | None) -> None:
    """Write a new password; sessions end but for the one that is kept, links end, the holder is told."""
    users.set_password_hash(work.connection, account.id, password_hash)
    sessions.end_others(work.connection, account.id, kept, work.now)
    factors.end_links(work.connection, account.id, work.now)
    _record(work, EntryType.USER_PASSWORD_SET, account)
    tell_holder(work, account.id, Step.PASSWORD_SET)


def standing_roles_of(work: Work, user_id: UUID) -> frozenset[Role]:
    """Name the roles of a user that stand today, for what they ask of his password."""
    return frozenset(one.right.role for one in roles.standing_roles(work.connection, user_id, work.today))


def _fits(token: str) -> bool:
    return len(token) == TOKEN_LENGTH and token.isascii()


def _opened(work: Work, user_id: UUID | None) -> Account:
    account = None if user_id is None else users.account_of(work.connection, user_id)
    if account is None:
        raise GoneError(
            N_("Ссылка уже использована, устарела или заменена новой. Попросите новую у того, кто её дал."),
            code="link-gone",
        )
    return account


def _record(work: Work, kind: EntryType, account: Account) -> None:
    what = ObjectRef("user", account.id, account.version)
    work.record(Entry(kind, what, state=None, tenant=work.actor.school))
