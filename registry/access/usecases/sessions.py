"""Signing in and out, proving oneself again, and the sessions that come of it."""

from datetime import timedelta
from uuid import UUID

from registry.access.models import api_tokens, sessions, tries, users
from registry.access.models.sessions import Holder, Known, Session
from registry.access.models.users import Account
from registry.access.purposes import check_purpose
from registry.access.rules import STAFF_PATIENCE, VISITOR_PATIENCE, stands
from registry.access.tokens import new_token, token_hash
from registry.errors import N_, NotFoundError, TooManyError
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.trail.purposes import Purpose
from registry.work import Work

WINDOW = timedelta(minutes=15)
TRIES_OF_LOGIN = 10
TRIES_OF_ADDRESS = 100


def recognise(work: Work, token: str) -> Known | None:
    """Tell who holds a session's token; none when it is unknown, ended, idle or too old."""
    known = sessions.find_known(work.connection, token_hash(token), work.today)
    if known is None:
        return None
    one = known.session
    patience = STAFF_PATIENCE if one.user_id is not None else VISITOR_PATIENCE
    return known if stands(patience, one.created_at, one.seen_at, work.now) else None


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
                N_("Слишком много попыток входа. Подождите %(minutes)s минут и попробуйте снова."),
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


def sign_in(work: Work, account: Account, replaced: str | None) -> str:
    """Open the session of a member of staff whose password fitted; give its token."""
    tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
    token = open_session(work, Holder(auth="password", user_id=account.id), replaced)
    _record(work, EntryType.USER_SIGNED_IN, account)
    return token


def sign_out(work: Work, known: Known, token: str) -> None:
    """End the session of a token."""
    sessions.end_token(work.connection, token_hash(token), work.now)
    account = known.session.user_id and users.account_of(work.connection, known.session.user_id)
    if account:
        _record(work, EntryType.USER_SIGNED_OUT, account)


def step_up(work: Work, session: Session, account: Account) -> None:
    """Note that the holder of a session gave the password again just now."""
    tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
    sessions.mark_stepped_up(work.connection, session.id, work.now)
    _record(work, EntryType.USER_STEPPED_UP, account)


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


def _record(work: Work, kind: EntryType, account: Account) -> None:
    what = ObjectRef("user", account.id, account.version)
    work.record(Entry(kind, what, state=None, tenant=work.actor.school))
