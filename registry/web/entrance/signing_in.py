"""Signing in by password and, where there is one, the second factor; signing out; the home page."""

from flask import Response, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.demands import Lack
from registry.access.rules import Action
from registry.access.usecases import factors, sessions
from registry.access.usecases.users import login_as_kept
from registry.errors import N_, InvalidError
from registry.storage.reach import AT_THE_DOOR
from registry.web.cookies import drop_token, hand_token, keep_language, sent_token
from registry.web.current import begin_work, current_registry, known, lacking, request_id, signed_in
from registry.web.doors import allowed
from registry.web.entrance.room import (
    arrival,
    as_staff,
    blueprint,
    count_code_try,
    lacking_account,
    try_password,
)
from registry.web.errors import told
from registry.web.links import local_path, path_of
from registry.web.templating import page

WRONG = N_("Логин или пароль не подходит. Проверьте раскладку клавиатуры и попробуйте снова.")


@blueprint.get("/")
@allowed(Action.PUBLIC)
def home() -> ResponseReturnValue:
    """Show what the reader can do here; who is not signed in is told what this place is."""
    return page("web/home.html" if known() is not None else "web/welcome.html")


@blueprint.get("/sign-in")
@allowed(Action.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for login and password; who gave them is led on to what is lacking."""
    target = local_path(request.args.get("next"))
    found = lacking()
    if found is not None:
        return redirect(_next_step(found.lack, target), 303)
    return _sign_in_page(target)


@blueprint.post("/sign-in")
@allowed(Action.PUBLIC)
def check_sign_in() -> ResponseReturnValue:
    """Open a session when login and password fit."""
    login, target = request.form.get("login", ""), local_path(request.form.get("next"))
    account = try_password(login_as_kept(login), request.form.get("password", ""))
    if account is None:
        return _sign_in_page(target, login[:100], told(InvalidError(WRONG))), 422
    with current_registry().work(as_staff(account), request_id(), sees=AT_THE_DOOR) as work:
        hand_token(sessions.sign_in(work, account, arrival()))
    return redirect(_next_step(Lack.CODE, target) if account.totp else target, 303)


def _sign_in_page(target: str, login: str = "", error: str | None = None) -> str:
    password_set = request.args.get("done") == "password"
    return page("web/sign_in.html", target=target, login=login, error=error, password_set=password_set)


def _next_step(lack: Lack, target: str) -> str:
    endpoint = {Lack.CODE: "entrance.ask_code", Lack.ENROLMENT: "entrance.offer_factor"}[lack]
    return url_for(endpoint, next=target)


@blueprint.get("/sign-in/code")
@allowed(Action.PUBLIC)
def ask_code() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    target, found = local_path(request.args.get("next")), lacking()
    if found is None or found.lack is not Lack.CODE:
        return redirect(url_for("entrance.sign_in", next=target), 303)
    return page("web/code.html", target=target, error=None)


@blueprint.post("/sign-in/code")
@allowed(Action.PUBLIC)
def check_code() -> ResponseReturnValue:
    """Open the session when the code fits."""
    target, found = local_path(request.form.get("next")), lacking()
    if found is None or found.lack is not Lack.CODE:
        return redirect(url_for("entrance.sign_in", next=target), 303)
    account = lacking_account()
    count_code_try(account)
    try:
        with current_registry().work(as_staff(account), request_id(), sees=AT_THE_DOOR) as work:
            auth = factors.prove(work, account, request.form.get("code", "")[:100])
            work.actor = as_staff(account, auth)
            token = sessions.sign_in_by(work, account, auth, arrival())
    except InvalidError as error:
        return page("web/code.html", target=target, error=told(error)), 422
    hand_token(token)
    return redirect(target, 303)


@blueprint.post("/sign-out")
@allowed(Action.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End the session."""
    token = sent_token(request)
    if token is not None:
        with begin_work() as work:
            sessions.sign_out(work, signed_in(), token)
    drop_token()
    return redirect(url_for("entrance.home"), 303)


@blueprint.post("/language")
@allowed(Action.PUBLIC)
def choose_language() -> Response:
    """Keep the reader's language."""
    answer = make_response(redirect(_page_with_the_form(), 303))
    keep_language(answer, request.form.get("language", "")[:8])
    return answer


def _page_with_the_form() -> str:
    """Give the page that the form stood on; the first one where that answered something that was sent."""
    target = local_path(path_of(request.referrer))
    addresses = current_app.create_url_adapter(request)
    there = addresses is not None and addresses.test(target.partition("?")[0], "GET")
    return target if there else url_for("entrance.home")
