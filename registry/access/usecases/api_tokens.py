"""Tokens of machines: made by a member of staff for what he may do himself, used, revoked."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from registry.access.models import api_tokens, tries, users
from registry.access.models.api_tokens import Shown, Token
from registry.access.models.sessions import Known
from registry.access.patience import LONGEST_TOKEN_LIFE
from registry.access.rules import Action, grantable
from registry.access.tokens import new_token, token_hash
from registry.errors import N_, InvalidError, NotFoundError
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

MARK = "rgst"
LONGEST_NAME = 100
LONGEST_SECRET = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a name for people, what it is for, and how long it lasts."""

    name: str
    actions: Collection[Action]
    lasts: timedelta


def recognise(work: Work, secret: str) -> Shown | None:
    """Tell whose token it is and with which rights; none when it is unknown, revoked or has run out."""
    if len(secret) > LONGEST_SECRET:
        return None
    shown = api_tokens.find_shown(work.connection, token_hash(secret), work.today)
    return shown if shown is not None and work.now < shown.token.expires_at else None


def make(work: Work, known: Known, wanted: Wanted) -> str:
    """Make a token for who asks; give its secret, which nobody sees a second time.

    Raises:
        InvalidError: it has no name, is for nothing, for what its owner may not do, or lasts too long.
    """
    name = " ".join(wanted.name.split())[:LONGEST_NAME]
    _check(name, wanted, grantable(known.rights))
    user_id = _staff_id(known)
    prefix = f"{MARK}_{secrets.token_hex(4)}"
    secret = f"{prefix}_{new_token()}"
    expires_at = work.now + wanted.lasts
    token = Token(work.new_id(), prefix, name, user_id, frozenset(wanted.actions), work.now, expires_at)
    api_tokens.add_token(work.connection, token, token_hash(secret))
    state = {
        "user": str(user_id),
        "actions": [str(one) for one in sorted(token.actions)],
        "expires": expires_at.isoformat(),
    }
    what = ObjectRef("token", token.id, 1)
    work.record(Entry(EntryType.TOKEN_MADE, what, state, tenant=work.actor.school))
    return secret


def _check(name: str, wanted: Wanted, own: Collection[Action]) -> None:
    if not name:
        raise InvalidError(
            N_("Назовите программу, которой нужен токен."), fields={"name": N_("Напишите название.")}
        )
    if not wanted.actions or not set(wanted.actions) <= set(own):
        raise InvalidError(
            N_("Выберите, что разрешить токену: только то, на что у вас есть права."),
            fields={"actions": N_("Выберите хотя бы одно действие.")},
        )
    if not timedelta(0) < wanted.lasts <= LONGEST_TOKEN_LIFE:
        raise InvalidError(
            N_("Токен действует не дольше года."), fields={"days": N_("Выберите срок не больше года.")}
        )


def list_tokens(work: Work, known: Known) -> list[Token]:
    """List the tokens of who asks that still open doors."""
    found = api_tokens.tokens_of(work.connection, _staff_id(known))
    return [one for one in found if work.now < one.expires_at]


def revoke(work: Work, known: Known, token_id: UUID) -> None:
    """End one of the tokens of who asks, for good.

    Raises:
        NotFoundError: he has no such token.
    """
    if not api_tokens.revoke(work.connection, _staff_id(known), token_id, work.now):
        raise NotFoundError(N_("Такого токена нет: возможно, он уже отозван."))
    what = ObjectRef("token", token_id, 2)
    state = {"user": str(_staff_id(known)), "revoked": work.now.isoformat()}
    work.record(Entry(EntryType.TOKEN_REVOKED, what, state, tenant=work.actor.school))


def step_up(work: Work, known: Known) -> None:
    """Note that the owner's password came with a token just now."""
    account = users.account_of(work.connection, _staff_id(known))
    if account is None:
        raise NotFoundError(N_("Учётная запись закрыта."))
    tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
    api_tokens.mark_stepped_up(work.connection, known.session.id, work.now)
    what = ObjectRef("user", account.id, account.version)
    work.record(Entry(EntryType.USER_STEPPED_UP, what, state=None, tenant=work.actor.school))


def _staff_id(known: Known) -> UUID:
    if known.session.user_id is None:
        raise NotFoundError(N_("Токены есть только у сотрудников."))
    return known.session.user_id
