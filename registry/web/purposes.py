"""The page on which an auditor says for what he reads personal data, before he reads any."""

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.purposes import REASONS
from registry.access.rules import Role
from registry.access.usecases import sessions
from registry.errors import N_, ForbiddenError, InvalidError
from registry.web.current import begin_work, rights, signed_in
from registry.web.links import local_path, path_of
from registry.web.templating import page


def ask_purpose() -> ResponseReturnValue:
    """Ask for what he reads."""
    _check_auditor()
    return _form(local_path(path_of(request.args.get("next"))), {})


def state_purpose() -> ResponseReturnValue:
    """Note it for this session, and go on to where he was going."""
    _check_auditor()
    target = local_path(request.form.get("next"))
    try:
        with begin_work() as work:
            session = signed_in().session
            sessions.state_purpose(
                work, session, request.form.get("reason", ""), request.form.get("order", "")
            )
    except InvalidError as wrong:
        return _form(target, {name: gettext(text) for name, text in wrong.fields.items()}), 422
    return redirect(target, 303)


def _check_auditor() -> None:
    if not any(right.role is Role.AUDITOR for right in rights()):
        raise ForbiddenError(N_("Эта страница только для тех, кто проверяет."))


def _form(target: str, errors: dict[str, str]) -> str:
    return page(
        "web/purpose.html",
        target=target,
        reasons={one.value: gettext(words) for one, words in REASONS.items()},
        reason=request.form.get("reason"),
        order=request.form.get("order", "")[:200],
        errors=errors,
    )
