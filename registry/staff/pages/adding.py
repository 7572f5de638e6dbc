"""Taking somebody in: the role, the place, then login, name and the days; the link is shown once."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.access.usecases.users import NewUser, login_as_kept
from registry.errors import N_, ConflictError, InvalidError, RegistryError
from registry.staff import usecases
from registry.staff.pages.choosing import (
    Chosen,
    chosen,
    open_kinds,
    places_to_choose,
    right_of,
    schools_to_choose,
)
from registry.staff.pages.room import asked_term, blueprint
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.templating import page
from registry.work import Work

NO_ROLE = N_("Выберите роль из списка.")
FIELDS_OF = {
    "login-taken": "login",
    "email": "email",
    "place": "place",
    "day": "first",
    "term-backwards": "last",
}


@blueprint.get("/staff/new")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
def ask_new() -> ResponseReturnValue:
    """Ask for the role, then the school where needed, then all the rest."""
    with begin_reading() as work:
        return questions(work, url_for("staff.ask_new"), None) or form(work, asked_kind(), None, {})


@blueprint.post("/staff/new")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
def take_in() -> ResponseReturnValue:
    """Make the account with its role, and show the link for its password once."""
    said = asked_kind()
    wanted = NewUser(
        request.form.get("login", ""), request.form.get("name", ""), email=request.form.get("email", "")
    )
    try:
        with begin_work() as work:
            term = asked_term(work.today)
            _, link = usecases.take_in(work, wanted, right_of(work, said), term)
    except (InvalidError, ConflictError) as error:
        with begin_reading() as work:
            return form(work, said, None, errors_of(error)), 422
    return page(
        "staff/link.html",
        member=wanted,
        login=login_as_kept(wanted.login),
        link=link,
        email=wanted.email.strip(),
    )


def questions(work: Work, action: str, name: str | None) -> str | None:
    """Ask what is still to be chosen before the form; none when nothing is."""
    said = chosen()
    if said is None:
        return _question(action, name, kinds=open_kinds(), errors=_left_out("kind", NO_ROLE))
    schools = schools_to_choose(work, said)
    if schools is None:
        return None
    return _question(
        action, name, kind=said.kind, schools=schools, errors=_left_out("school", N_("Выберите школу."))
    )


def _question(action: str, name: str | None, **shown: object) -> str:
    return page("staff/choose.html", **{"kinds": None, "action": action, "whose": name} | shown)


def _left_out(field: str, text: str) -> dict[str, str]:
    """Say that the question on the page was sent on without an answer."""
    return {field: gettext(text)} if request.args.get("step") == field else {}


def form(work: Work, said: Chosen, name: str | None, errors: dict[str, str]) -> str:
    """Show the form for a role: of a new person, or of somebody who has an account."""
    return page(
        "staff/role.html",
        said=said,
        title=open_kinds()[said.kind],
        places=places_to_choose(work, said),
        whose=name,
        today=work.today,
        typed={
            key: request.form.get(key, "")[:300]
            for key in ("login", "name", "email", "place", "first", "last")
        },
        errors=errors,
    )


def errors_of(error: RegistryError) -> dict[str, str]:
    """Put what is wrong beside its field."""
    return {FIELDS_OF.get(error.slug, "login"): told(error)}


def asked_kind() -> Chosen:
    """Read the role that was chosen.

    Raises:
        InvalidError: none was, or one that who asks may not give.
    """
    said = chosen()
    if said is None:
        raise InvalidError(NO_ROLE, code="no-role")
    return said
