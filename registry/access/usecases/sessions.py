"""Signing in and out, proving oneself again, and the sessions that come of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from registry.access.demands import BY_PASSWORD, Lack, lack_of
from registry.access.models import api_tokens, sessions, tries, users
from registry.access.models.sessions import Holder, Known, Session
from registry.access.models.users import Account
from registry.access.patience import LACKING_PATIENCE, STAFF_PATIENCE, VISITOR_PATIENCE, Patience, stands
from registry.access.purposes import check_purpose
from registry.access.tokens import new_token, token_hash
from registry.errors import N_, NotFoundError, TooManyError
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.trail.purposes import Purpose
from registry.work import Work

WINDOW = timedelta(minutes=15)
TRIES_OF_LOGIN = 10
TRIES_OF_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a browser brought: the token that it held, which is replaced, and a coarse word for the device."""

    replaced: str | None = None
    device: str | None = None


def recognise(work: Work, token: str) -> Known | None:
    """Tell who holds a session's token; none when it is unknown, ended, idle or too old."""
    known = sessions.find_known(work.connection, token_hash(token), work.today)
    if known is None:
        return None
    one = known.session
    return known if stands(_patience(work, known), one.created_at, one.seen_at, work.now) else None


def lacks(work: Work, known: Known) -> Lack | None:
    """Say what a session lacks before any page opens to it: the code of, or any, second factor."""
    return lack_of(known, work.settings.staff_totp)


def _patience(work: Work, known: Known) -> Patience:
    if known.session.user_id is None:
        return VISITOR_PATIENCE
    return LACKING_PATIENCE if lacks(work, known) is Lack.CODE else STAFF_PATIENCE


def keep_alive(work: Work, session: Session) -> None:
    """Note that a session, or a machine's token, is in use."""
    touch = api_tokens.touch if session.auth == api_tokens.AUTH else sessions.touch_session
    touch(work.connection, session.id, work.now)


def take_try(work: Work, login: str, address: str) -> None:
    """Count one try to sign in, before the password is looked at; commit it whatever comes of the try.

    The count goes by the login as typed, whether or not anybody has it, and by the address.

    Raises:
        TooManyError: no try is left for now.
    """
    for kind, value, limit in (("login", login, TRIES_OF_LOGIN), ("address", address, TRIES_OF_ADDRESS)):
        key = work.vault.blind_index(f"try.{kind}", value)
        if not tries.spend_try(work.connection, key, limit, (work.now, work.now - WINDOW)):
            raise TooManyError(
                N_("Слишком много попыток входа. Подождите %(minutes)s мин. и попробуйте снова."),
                code="too-many-sign-ins",
                minutes=int(WINDOW.total_seconds() // 60),
            )


def open_session(work: Work, holder: Holder, replaced: str | None = None) -> str:
    """Open a session under a fresh token and end the one that the browser held before; give the token."""
    if replaced:
        sessions.end_token(work.connection, token_hash(replaced), work.now)
    token = new_token()
    sessions.add_session(work.connection, token_hash(token), work.new_id(), holder, work.now)
    return token


def sign_in(work: Work, account: Account, arrival: Arrival) -> str:
    """Open the session of a member of staff whose password fitted; give its token.

    Where he has a second factor the session opens no page before its code came.
    """
    tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
    holder = Holder(auth=BY_PASSWORD, user_id=account.id, device=arrival.device)
    token = open_session(work, holder, arrival.replaced)
    if not account.totp:
        _record(work, EntryType.USER_SIGNED_IN, account)
    return token


def sign_in_by(work: Work, account: Account, auth: str, arrival: Arrival) -> str:
    """Open the session of a member of staff who proved the second factor as well; give its token."""
    token = open_session(work, Holder(auth=auth, user_id=account.id, device=arrival.device), arrival.replaced)
    _record(work, EntryType.USER_SIGNED_IN, account)
    return token


def begin_anew(work: Work, account: Account, auth: str, arrival: Arrival) -> str:
    """End all sessions of a member of staff and open one under a fresh token: a second factor was set up."""
    sessions.end_others(work.connection, account.id, None, work.now)
    return sign_in_by(work, account, auth, arrival)


def sign_out(work: Work, known: Known, token: str) -> None:
    """End the session of a token."""
    sessions.end_token(work.connection, token_hash(token), work.now)
    account = known.session.user_id and users.account_of(work.connection, known.session.user_id)
    if account:
        _record(work, EntryType.USER_SIGNED_OUT, account)


def step_up(work: Work, session: Session, account: Account) -> str:
    """Note that the holder of a session proved himself again; give the token that it goes on under."""
    tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
    token = new_token()
    sessions.mark_stepped_up(work.connection, session.id, token_hash(token), work.now)
    _record(work, EntryType.USER_STEPPED_UP, account)
    return token


def state_purpose(work: Work, session: Session, reason: str, order: str) -> Purpose:
    """Note for what the holder of a session or token reads personal data from now on; tell the trail.

    Raises:
        InvalidError: the reason or the number of the order is missing.
    """
    chosen, number = check_purpose(reason, order)
    purpose = Purpose(work.new_id(), chosen.value, number)
    keep = api_tokens.set_purpose if session.auth == api_tokens.AUTH else sessions.set_purpose
    keep(work.connection, session.id, purpose, work.now)
    what = ObjectRef("purpose", purpose.id, 1)
    state: dict[str, Json] = {"user": str(session.user_id), "reason": chosen.value, "order": number}
    work.record(Entry(EntryType.PURPOSE_STATED, what, state, tenant=work.actor.school))
    return purpose


def list_sessions(work: Work, user_id: UUID) -> list[Session]:
    """List a user's own open sessions, the latest used first."""
    found = sessions.open_sessions(work.connection, user_id, work.now - STAFF_PATIENCE.idle)
    return [one for one in found if stands(STAFF_PATIENCE, one.created_at, one.seen_at, work.now)]


def end_session(work: Work, user_id: UUID, session_id: UUID) -> None:
    """End one of a user's own sessions, on another device say.

    Raises:
        NotFoundError: he has no such open session.
    """
    if not sessions.end_session(work.connection, user_id, session_id, work.now):
        raise NotFoundError(N_("Такого открытого сеанса нет: возможно, он уже завершён."))
    account = users.account_of(work.connection, user_id)
    if account is not None:
        _record(work, EntryType.USER_SIGNED_OUT, account)


def end_other_sessions(work: Work, account: Account, kept: UUID) -> None:
    """End all of a user's sessions but the one that he asks from."""
    sessions.end_others(work.connection, account.id, kept, work.now)
    _record(work, EntryType.USER_SESSIONS_ENDED, account)


def _record(work: Work, kind: EntryType, account: Account) -> None:
    what = ObjectRef("user", account.id, account.version)
    work.record(Entry(kind, what, state=None, tenant=work.actor.school))
