"""What is done with staff: taking somebody in with a role, and the link by which he sets a password."""

from uuid import UUID

from registry.access.models import users
from registry.access.models.roles import Term
from registry.access.models.users import Profile
from registry.access.rules import Right
from registry.access.usecases import factors, links
from registry.access.usecases import users as accounts
from registry.access.usecases.giving import give_role
from registry.access.usecases.users import NewUser, add_user, email_of, opened_profile
from registry.errors import N_, ConflictError
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.work import Work

ADDRESS_CHANGED = N_("адрес почты заменён, на этот больше не пишут")


def take_in(work: Work, wanted: NewUser, right: Right, term: Term) -> tuple[UUID, str]:
    """Make an account with its first role; give its id and the link for its password, which is shown once.

    Raises:
        InvalidError: something about person, role or term is wrong.
        ConflictError: the login is taken.
    """
    user_id = add_user(work, wanted)
    give_role(work, user_id, right, term)
    return user_id, send_link(work, user_id)


def send_link(work: Work, user_id: UUID) -> str:
    """Make a one-time link for somebody's password; it goes by e-mail too where he has an address.

    Raises:
        ConflictError: the account is closed.
    """
    account = users.account_of(work.connection, user_id)
    if account is None:
        raise ConflictError(N_("Учётная запись закрыта: сначала откройте её снова."), code="account-closed")
    link = links.make_link(work, account)
    email = email_of(work, opened_profile(work, user_id))
    if email is not None:
        values = {
            "name": account.name,
            "login": account.login,
            "host": host_of(work),
            "days": str(links.STANDS.days),
            "link": link,
        }
        point = ContactPoint(Channel.EMAIL, email)
        write(work, Draft(LetterKind.ACCOUNT_LINK, None, user_id, point, values))
    return link


def change_details(work: Work, profile: Profile, name: str, email: str) -> None:
    """Change name and address of an account; the address from before is told that it is no longer used.

    Raises:
        InvalidError: the name is empty, or the e-mail address is none.
    """
    before = email_of(work, profile)
    accounts.change_details(work, profile, name, email)
    if before is not None and before != email.strip():
        tell_of(work, profile, before, ADDRESS_CHANGED)


def tell_of(work: Work, profile: Profile, email: str, step: str) -> None:
    """Write to an address what happened to an account."""
    local = work.now.astimezone(work.settings.timezone)
    values: dict[str, Value] = {
        "name": profile.name,
        "host": host_of(work),
        "moment": local,
        "step": step,
    }
    point = ContactPoint(Channel.EMAIL, email)
    write(work, Draft(LetterKind.ACCOUNT_STEP, None, profile.id, point, values))


def drop_factor(work: Work, user_id: UUID) -> None:
    """Take away the second factor of who lost his phone and his codes.

    Raises:
        ConflictError: he has none, or the account is closed.
    """
    account = users.account_of(work.connection, user_id)
    if account is None or not account.totp:
        raise ConflictError(N_("Второго фактора у этой учётной записи нет."), code="no-factor")
    factors.drop(work, account)


def host_of(work: Work) -> str:
    """Name the registry as people know its address."""
    return work.settings.base_url.partition("://")[2]
