"""Pages of staff for the tokens of their programs: made and shown once, listed, revoked."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action, grantable
from registry.access.usecases import api_tokens
from registry.access.usecases.api_tokens import Wanted
from registry.errors import N_, ForbiddenError, InvalidError
from registry.web.current import begin_reading, begin_work, rights, signed_in
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.templating import page
from registry.web.words import ACTION_WORDS

LIVES = {
    "7": N_("неделя"),
    "30": N_("30 дней"),
    "90": N_("90 дней"),
    "180": N_("полгода"),
    "365": N_("год"),
}

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/tokens")
@allowed(Action.SIGNED_IN)
def overview() -> ResponseReturnValue:
    """List the reader's tokens."""
    with begin_reading() as reading:
        found = api_tokens.list_tokens(reading, signed_in())
    return page("web/tokens.html", tokens=found, words=ACTION_WORDS)


@blueprint.get("/tokens/new")
@fresh_sign_in
@allowed(Action.SIGNED_IN)
def ask_new() -> ResponseReturnValue:
    """Ask what a token is for and how long it lasts."""
    _check_staff()
    return _form({})


@blueprint.post("/tokens/new")
@fresh_sign_in
@allowed(Action.SIGNED_IN)
def make() -> ResponseReturnValue:
    """Make a token and show its secret, this once; nothing of the answer is kept for a second time."""
    _check_staff()
    try:
        with begin_work() as work:
            secret = api_tokens.make(work, signed_in(), _wanted())
    except InvalidError as error:
        return _form(error.fields or {"name": told(error)}), 422
    return page("web/token_made.html", secret=secret)


@blueprint.post("/tokens/<uuid:token_id>/revoke")
@allowed(Action.SIGNED_IN)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """End a token for good."""
    with begin_work() as work:
        api_tokens.revoke(work, signed_in(), token_id)
    return redirect(url_for("tokens.overview"), 303)


def _check_staff() -> None:
    if signed_in().session.user_id is None:
        raise ForbiddenError(N_("Эта страница только для сотрудников."))


def _wanted() -> Wanted:
    chosen: list[Action] = []
    for one in request.form.getlist("actions"):
        with suppress(ValueError):
            chosen.append(Action(one))
    days = request.form.get("days", "")
    lasts = timedelta(days=int(days) if days in LIVES else 0)
    return Wanted(request.form.get("name", ""), chosen, lasts)


def _form(errors: dict[str, str]) -> str:
    return page(
        "web/token_new.html",
        errors=errors,
        typed={
            "name": request.form.get("name", "")[:100],
            "days": request.form.get("days", "90"),
            "actions": request.form.getlist("actions"),
        },
        actions=grantable(rights()),
        words=ACTION_WORDS,
        lives=LIVES,
    )
