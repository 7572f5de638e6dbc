"""Proving oneself again before what weighs much: by the password, and the code where there is one."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.access.usecases import factors, sessions
from registry.errors import InvalidError
from registry.web.cookies import hand_token
from registry.web.current import begin_work, signed_in
from registry.web.doors import allowed
from registry.web.entrance.room import (
    WRONG_PASSWORD,
    blueprint,
    count_code_try,
    own_account,
    try_password,
)
from registry.web.errors import told
from registry.web.links import local_path, path_of
from registry.web.purposes import ask_purpose, state_purpose
from registry.web.templating import page


@blueprint.get("/step-up")
@allowed(Action.SIGNED_IN)
def step_up() -> ResponseReturnValue:
    """Ask for the password once more."""
    return _page(local_path(path_of(request.args.get("next"))), {})


@blueprint.post("/step-up")
@allowed(Action.SIGNED_IN)
def check_step_up() -> ResponseReturnValue:
    """Note that password and code were given again, go on under another token, and go back."""
    target = local_path(request.form.get("next"))
    account = try_password(own_account().login, request.form.get("password", ""))
    if account is None:
        return _page(target, {"password": told(InvalidError(WRONG_PASSWORD))}), 422
    if account.totp:
        count_code_try(account)
    try:
        with begin_work() as work:
            if account.totp:
                factors.prove(work, account, request.form.get("code", "")[:100])
            token = sessions.step_up(work, signed_in().session, account)
    except InvalidError as error:
        return _page(target, {"code": told(error)}), 422
    hand_token(token)
    return redirect(target, 303)


def _page(target: str, errors: dict[str, str]) -> str:
    return page("web/step_up.html", target=target, totp=signed_in().totp, errors=errors)


@blueprint.get("/purpose")
@allowed(Action.SIGNED_IN)
def purpose() -> ResponseReturnValue:
    """Ask an auditor for what he reads personal data."""
    return ask_purpose()


@blueprint.post("/purpose")
@allowed(Action.SIGNED_IN)
def keep_purpose() -> ResponseReturnValue:
    """Note the purpose, and go back."""
    return state_purpose()
