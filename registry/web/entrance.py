"""Pages of staff: signing in and out, the password once more, own sessions, and the home page."""

from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.models import users
from registry.access.models.users import Account
from registry.access.passwords import Passwords
from registry.access.rules import Action
from registry.access.usecases import sessions
from registry.access.usecases.users import login_as_kept
from registry.errors import N_, ForbiddenError, InvalidError
from registry.storage.reach import AT_THE_DOOR
from registry.trail.entries import Actor
from registry.web.cookies import drop_token, hand_token, sent_token
from registry.web.current import (
    ANYBODY,
    begin_reading,
    begin_work,
    current_registry,
    known,
    request_id,
    signed_in,
)
from registry.web.doors import allowed
from registry.web.errors import told
from registry.web.links import local_path, path_of
from registry.web.templating import page

EXTENSION = "registry-passwords"
WRONG = N_("Логин или пароль не подходит. Проверьте раскладку клавиатуры и попробуйте снова.")
WRONG_PASSWORD = N_("Пароль не подходит. Проверьте раскладку клавиатуры и попробуйте снова.")

blueprint = Blueprint("entrance", __name__)


@blueprint.get("/")
@allowed(Action.PUBLIC)
def home() -> ResponseReturnValue:
    """Show what the reader can do here; who is not signed in is told what this place is."""
    return page("web/home.html" if known() is not None else "web/welcome.html")


@blueprint.get("/sign-in")
@allowed(Action.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for login and password."""
    return page("web/sign_in.html", target=local_path(request.args.get("next")), login="", error=None)


@blueprint.post("/sign-in")
@allowed(Action.PUBLIC)
def check_sign_in() -> ResponseReturnValue:
    """Open a session when login and password fit."""
    login, target = request.form.get("login", ""), local_path(request.form.get("next"))
    account = _try_password(login_as_kept(login), request.form.get("password", ""))
    if account is None:
        shown = page("web/sign_in.html", target=target, login=login[:100], error=told(InvalidError(WRONG)))
        return shown, 422
    with current_registry().work(_as_staff(account), request_id(), sees=AT_THE_DOOR) as work:
        hand_token(sessions.sign_in(work, account, sent_token(request)))
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


@blueprint.get("/step-up")
@allowed(Action.SIGNED_IN)
def step_up() -> ResponseReturnValue:
    """Ask for the password once more."""
    return page("web/step_up.html", target=local_path(path_of(request.args.get("next"))), error=None)


@blueprint.post("/step-up")
@allowed(Action.SIGNED_IN)
def check_step_up() -> ResponseReturnValue:
    """Note that the password was given again, and go back."""
    target = local_path(request.form.get("next"))
    account = _try_password(_own_account().login, request.form.get("password", ""))
    if account is None:
        shown = page("web/step_up.html", target=target, error=told(InvalidError(WRONG_PASSWORD)))
        return shown, 422
    with begin_work() as work:
        sessions.step_up(work, signed_in().session, account)
    return redirect(target, 303)


@blueprint.get("/sessions")
@allowed(Action.SIGNED_IN)
def own_sessions() -> ResponseReturnValue:
    """List the reader's open sessions."""
    with begin_reading() as reading:
        found = sessions.list_sessions(reading, _user_id())
    return page("web/sessions.html", sessions=found, here=signed_in().session.id)


@blueprint.post("/sessions/<uuid:session_id>/end")
@allowed(Action.SIGNED_IN)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of the reader's sessions."""
    with begin_work() as work:
        sessions.end_session(work, _user_id(), session_id)
    return redirect(url_for("entrance.own_sessions"), 303)


@blueprint.post("/language")
@allowed(Action.PUBLIC)
def choose_language() -> Response:
    """Keep the reader's language."""
    answer = redirect(local_path(path_of(request.referrer)), 303)
    chosen = request.form.get("language", "")[:8]
    answer.set_cookie("language", chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    return answer  # type: ignore[return-value] # Werkzeug's response is Flask's at run time


def _try_password(login: str, password: str) -> Account | None:
    """Count a try, then check the password outside any transaction: it takes long by design."""
    registry = current_registry()
    with registry.work(ANYBODY, request_id()) as work:
        sessions.take_try(work, login, request.remote_addr or "")
        account = users.find_account(work.connection, login)
    passwords: Passwords = current_app.extensions[EXTENSION]
    fits = passwords.fits(None if account is None else account.password_hash, password)
    return account if fits else None


def _as_staff(account: Account) -> Actor:
    return Actor(kind="staff", id=account.id, role="staff", auth="password", school=None)


def _user_id() -> UUID:
    user_id = signed_in().session.user_id
    if user_id is None:
        raise ForbiddenError(N_("Эта страница только для сотрудников."))
    return user_id


def _own_account() -> Account:
    user_id = _user_id()
    with begin_reading() as reading:
        account = users.account_of(reading.connection, user_id)
    if account is None:
        raise ForbiddenError(N_("Учётная запись закрыта."))
    return account
