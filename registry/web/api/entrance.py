"""Operations that every machine needs: what its token opens, and its owner's password once more."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, request

from registry.access.models import users
from registry.access.passwords import Passwords
from registry.access.patience import STEP_UP_LASTS
from registry.access.purposes import LONGEST_ORDER, PURPOSE_LASTS, Reason
from registry.access.rules import Action, Role, Scope
from registry.access.usecases import api_tokens, factors, sessions
from registry.errors import N_, ForbiddenError, InvalidError
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Many, Moment, Text, Within
from registry.web.api.rooms import Room
from registry.web.current import ANYBODY, begin_work, current_registry, purpose, request_id, rights, signed_in
from registry.web.doors import bearer
from registry.web.entrance import EXTENSION
from registry.web.entrance.room import count_code_try
from registry.web.idempotency import once_by_token, secrets_fit

LONGEST_PASSWORD = 1_000
LONGEST_CODE = 100

room = Room("token", N_("Токен и подтверждение"))


class RightTold(Told):
    """A role of the token's owner, and where."""

    role = Choice(Role)
    scope = Choice(Scope)
    place_id = Id(allow_none=True, metadata={"description": N_("Класс, школа, муниципалитет или регион")})
    school_id = Id(allow_none=True)


class PurposeTold(Told):
    """A stated purpose, and how long it stands."""

    reason = Choice(Reason)
    order = Text()
    until = Moment()


class TokenTold(Told):
    """The token of this request: whose, what for, until when."""

    id = Id()
    owner = Text()
    actions = Many(Choice(Action), metadata={"description": N_("Что разрешено токену")})
    rights = Many(Within(RightTold), metadata={"description": N_("Роли владельца сегодня")})
    expires_at = Moment()
    fresh_until = Moment(
        allow_none=True, metadata={"description": N_("До какого времени действует подтверждение паролем")}
    )
    purpose = Within(
        PurposeTold, allow_none=True, metadata={"description": N_("Для чего проверяющий смотрит данные")}
    )


class PasswordBody(Body):
    """The owner's password, and the code of his second factor where he has one."""

    password = Text(required=True, least=1, most=LONGEST_PASSWORD)
    code = Text(most=LONGEST_CODE)


class FreshTold(Told):
    """Until when operations that ask for the password are open."""

    fresh_until = Moment()


class PurposeBody(Body):
    """For what an auditor reads."""

    reason = Choice(Reason, required=True)
    order = Text(
        required=True,
        least=1,
        most=LONGEST_ORDER,
        metadata={"description": N_("Номер приказа или запроса, по которому идёт проверка")},
    )


@room.serves("GET /token", N_("Что это за токен и что он открывает"))
@bearer(Action.SIGNED_IN)
@room.answers(TokenTold)
def show_token() -> dict[str, Any]:
    """Tell what a machine may do with its token today."""
    found = signed_in()
    token = g.token
    return {
        "id": token.id,
        "owner": found.name,
        "actions": sorted(token.actions),
        "rights": found.rights,
        "expires_at": token.expires_at,
        "fresh_until": _fresh_until(token.stepped_up_at),
        "purpose": _stated(),
    }


@room.serves("POST /step-up", N_("Подтвердить паролем на пять минут"))
@bearer(Action.SIGNED_IN)
@once_by_token("password", "code")
@room.takes(PasswordBody)
@room.answers(FreshTold)
def step_up(said: dict[str, Any]) -> dict[str, Any]:
    """Note that the owner's password came with the token; a try is counted before it is looked at.

    A repeat, whose code is spent by now, is answered as before where the password fits, and prolongs nothing.
    """
    registry, known = current_registry(), signed_in()
    with registry.work(ANYBODY, request_id()) as work:
        account = users.account_of(work.connection, g.token.user_id)
        if account is None:
            raise ForbiddenError(N_("Учётная запись закрыта."))
        sessions.take_try(work, account.login, request.remote_addr or "")
    passwords: Passwords = current_app.extensions[EXTENSION]
    if not passwords.fits(account.password_hash, said["password"]):
        raise InvalidError(
            N_("Пароль не подходит."), code="password", fields={"password": N_("Не подходит.")}
        )
    secrets_fit()
    if account.totp:
        count_code_try(account)
    with begin_work() as work:
        if account.totp:
            factors.prove(work, account, said.get("code") or "")
        api_tokens.step_up(work, known)
        return {"fresh_until": work.now + STEP_UP_LASTS}


@room.serves("POST /purpose", N_("Указать, для чего проверяющий смотрит персональные данные"))
@bearer(Action.SIGNED_IN)
@once_by_token()
@room.takes(PurposeBody)
@room.answers(PurposeTold)
def state_purpose(said: dict[str, Any]) -> dict[str, Any]:
    """Note for what an auditor reads by this token from now on."""
    if not any(right.role is Role.AUDITOR for right in rights()):
        raise ForbiddenError(N_("Эта операция только для тех, кто проверяет."))
    with begin_work() as work:
        stated = sessions.state_purpose(work, signed_in().session, said["reason"], said["order"])
        return {"reason": stated.reason, "order": stated.order, "until": work.now + PURPOSE_LASTS}


def _stated() -> dict[str, Any] | None:
    stated, since = purpose(), signed_in().session.purpose_at
    if stated is None or since is None:
        return None
    return {"reason": stated.reason, "order": stated.order, "until": since + PURPOSE_LASTS}


def _fresh_until(stepped_up_at: datetime | None) -> datetime | None:
    until = None if stepped_up_at is None else stepped_up_at + STEP_UP_LASTS
    return until if until is not None and until - g.now > timedelta(0) else None
