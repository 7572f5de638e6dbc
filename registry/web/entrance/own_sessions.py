"""The reader's own sessions: where he is signed in, and ending one or all others."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.access.usecases import sessions
from registry.errors import N_
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed
from registry.web.entrance.room import blueprint, own_account, user_id
from registry.web.templating import page

DEVICES = {
    "windows": N_("компьютер, Windows"),
    "mac": N_("компьютер, macOS"),
    "linux": N_("компьютер, Linux"),
    "android": N_("телефон или планшет, Android"),
    "iphone": N_("телефон, iPhone"),
    "ipad": N_("планшет, iPad"),
    "other": N_("другое устройство"),
}


@blueprint.get("/sessions")
@allowed(Action.SIGNED_IN)
def own_sessions() -> ResponseReturnValue:
    """List the reader's open sessions."""
    with begin_reading() as reading:
        found = sessions.list_sessions(reading, user_id())
    devices = {code: gettext(words) for code, words in DEVICES.items()}
    return page("web/sessions.html", sessions=found, here=signed_in().session.id, devices=devices)


@blueprint.post("/sessions/<uuid:session_id>/end")
@allowed(Action.SIGNED_IN)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of the reader's sessions."""
    with begin_work() as work:
        sessions.end_session(work, user_id(), session_id)
    return redirect(url_for("entrance.own_sessions"), 303)


@blueprint.post("/sessions/end-others")
@allowed(Action.SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """End all of the reader's sessions but this one."""
    account = own_account()
    with begin_work() as work:
        sessions.end_other_sessions(work, account, signed_in().session.id)
    return redirect(url_for("entrance.own_sessions"), 303)
