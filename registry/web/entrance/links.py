"""The one-time link by which a member of staff sets his own password."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.demands import is_weighty
from registry.access.rules import Action
from registry.access.usecases import links
from registry.storage.reach import AT_THE_DOOR
from registry.web.cookies import drop_token
from registry.web.current import begin_reading, current_registry, request_id
from registry.web.doors import allowed
from registry.web.entrance.account import new_password_trouble
from registry.web.entrance.room import as_staff, blueprint, passwords
from registry.web.templating import page


@blueprint.get("/password/<token>")
@allowed(Action.PUBLIC)
def ask_first_password(token: str) -> ResponseReturnValue:
    """Ask who came by a link for a password; looking at the page uses nothing up."""
    with begin_reading() as reading:
        account = links.holder_of(reading, token)
    return page("web/set_password.html", whose=account.name, login=account.login, errors={})


@blueprint.post("/password/<token>")
@allowed(Action.PUBLIC)
def set_first_password(token: str) -> ResponseReturnValue:
    """Set the password, use the link up, and lead to the sign-in."""
    with begin_reading() as reading:
        account = links.holder_of(reading, token)
        roles = links.standing_roles_of(reading, account.id)
    errors = new_password_trouble((account.login, account.name), weighty=is_weighty(roles))
    if errors:
        shown = page("web/set_password.html", whose=account.name, login=account.login, errors=errors)
        return shown, 422
    hashed = passwords().hash(request.form["new"])
    with current_registry().work(as_staff(account, "link"), request_id(), sees=AT_THE_DOOR) as work:
        links.set_by_link(work, token, hashed)
    drop_token()
    return redirect(url_for("entrance.sign_in", done="password"), 303)
