"""How somebody of the staff is called, and where he is written to."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.access.usecases.users import email_of
from registry.errors import InvalidError
from registry.staff import usecases
from registry.staff.pages.room import blueprint, managed_member
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page


@blueprint.get("/staff/<uuid:user_id>/details")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
def ask_details(user_id: UUID) -> ResponseReturnValue:
    """Ask for name and address, as they are kept now."""
    with begin_reading() as work:
        profile = managed_member(work, user_id).profile
        typed = {"name": profile.name, "email": email_of(work, profile) or ""}
    return page("staff/details.html", member=profile, typed=typed, errors={})


@blueprint.post("/staff/<uuid:user_id>/details")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
@once
def change_details(user_id: UUID) -> ResponseReturnValue:
    """Keep name and address."""
    typed = {key: request.form.get(key, "")[:300] for key in ("name", "email")}
    with begin_work() as work:
        profile = managed_member(work, user_id).profile
        try:
            usecases.change_details(work, profile, typed["name"], typed["email"])
        except InvalidError as error:
            errors = {error.slug: told(error)}
            return page("staff/details.html", member=profile, typed=typed, errors=errors), 422
    return redirect(url_for("staff.show", user_id=user_id), 303)
