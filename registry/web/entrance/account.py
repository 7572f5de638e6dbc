"""The reader's own account: what is known of it, and changing the password."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.demands import is_weighty
from registry.access.models import factors
from registry.access.new_passwords import check_new
from registry.access.rules import Action
from registry.access.usecases import links
from registry.access.usecases.users import EsiaState, email_of, opened_profile
from registry.errors import N_, InvalidError
from registry.web.current import begin_reading, begin_work, rights, signed_in
from registry.web.doors import allowed, fresh_sign_in
from registry.web.entrance.room import (
    WRONG_PASSWORD,
    blueprint,
    own_account,
    passwords,
    try_password,
    user_id,
)
from registry.web.errors import told
from registry.web.templating import page

TWICE = N_("Пароли не совпадают: введите новый пароль одинаково два раза.")
ESIA_WORDS = {
    EsiaState.NONE: N_("нет учётной записи"),
    EsiaState.SIMPLIFIED: N_("упрощённая"),
    EsiaState.STANDARD: N_("стандартная"),
    EsiaState.CONFIRMED: N_("подтверждённая"),
}


@blueprint.get("/account")
@allowed(Action.SIGNED_IN)
def own_page() -> ResponseReturnValue:
    """Show what is known of the reader's account, and where to change it."""
    with begin_reading() as reading:
        profile = opened_profile(reading, user_id())
        email = email_of(reading, profile)
        left = factors.count_codes(reading.connection, profile.id)
    words = gettext(ESIA_WORDS[EsiaState(profile.esia.state)]) if profile.esia else None
    return page("web/account.html", profile=profile, email=email, codes_left=left, esia=words)


@blueprint.get("/account/password")
@fresh_sign_in
@allowed(Action.SIGNED_IN)
def ask_new_password() -> ResponseReturnValue:
    """Ask for the password that stands and for a new one."""
    user_id()
    return _page({})


@blueprint.post("/account/password")
@fresh_sign_in
@allowed(Action.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Set a new password; all other sessions of the account end."""
    account = own_account()
    if try_password(account.login, request.form.get("password", "")) is None:
        return _page({"password": told(InvalidError(WRONG_PASSWORD))}), 422
    weighty = is_weighty(frozenset(right.role for right in rights()))
    trouble = new_password_trouble((account.login, account.name), weighty=weighty)
    if trouble:
        return _page(trouble), 422
    hashed = passwords().hash(request.form["new"])
    with begin_work() as work:
        links.set_password(work, account, hashed, signed_in().session.id)
    return redirect(url_for("entrance.own_page"), 303)


def new_password_trouble(words: tuple[str, ...], *, weighty: bool) -> dict[str, str]:
    """Say what is wrong with the new password that was typed twice; empty when nothing is."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return {"again": gettext(TWICE)}
    try:
        check_new(new, words, weighty=weighty)
    except InvalidError as error:
        return {"new": told(error)}
    return {}


def _page(errors: dict[str, str]) -> str:
    return page("web/password.html", errors=errors)
