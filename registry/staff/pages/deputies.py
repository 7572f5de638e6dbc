"""Deputies: what one handed on of one's own role, for how long, and taking it back."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.models import roles, users
from registry.access.models.roles import Assignment
from registry.access.rules import Action
from registry.access.usecases.giving import can_hand_on, delegate, take_back
from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.staff.bundles import actions_of, bundles_of
from registry.staff.pages.room import NOT_THERE, asked_term, blueprint, shown_role
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.entrance.room import user_id
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

FIELDS_OF = {"deputy": "deputy", "delegated-actions": "what", "day": "first"}


@blueprint.get("/deputies")
@allowed(Action.DELEGATE)
def deputies() -> ResponseReturnValue:
    """List the reader's own roles and what he handed on of them."""
    with begin_reading() as work:
        given = roles.handed_on(work.connection, user_id())
        names = users.names_of(work.connection, frozenset(one.user_id for one in given))
        return page(
            "staff/deputies.html",
            roles=[shown_role(work, one) for one in own_roles(work)],
            given=[{**shown_role(work, one), "name": names[one.user_id]} for one in given],
        )


@blueprint.get("/deputies/<uuid:own_role_id>/new")
@fresh_sign_in
@allowed(Action.DELEGATE)
def ask_deputy(own_role_id: UUID) -> ResponseReturnValue:
    """Ask who stands in, for what and for how long."""
    with begin_reading() as work:
        return _page(work, own_role(work, own_role_id), {})


@blueprint.post("/deputies/<uuid:own_role_id>/new")
@fresh_sign_in
@allowed(Action.DELEGATE)
@once
def name_deputy(own_role_id: UUID) -> ResponseReturnValue:
    """Hand the chosen rights on."""
    try:
        with begin_work() as work:
            source = own_role(work, own_role_id)
            actions = actions_of(source.right, request.form.getlist("what"))
            delegate(work, source, _deputy(), actions, asked_term(work.today))
    except (InvalidError, ConflictError) as error:
        with begin_reading() as work:
            errors = {FIELDS_OF.get(error.slug, "last"): told(error)}
            return _page(work, own_role(work, own_role_id), errors), 422
    return redirect(url_for("staff.deputies"), 303)


@blueprint.post("/deputies/given/<uuid:given_role_id>/end")
@allowed(Action.DELEGATE)
@once
def end_deputy(given_role_id: UUID) -> ResponseReturnValue:
    """Take back at once what was handed on."""
    with begin_work() as work:
        take_back(work, given_role(work, given_role_id))
    return redirect(url_for("staff.deputies"), 303)


def own_roles(work: Work) -> list[Assignment]:
    """List the roles of who asks of which something can be handed on."""
    standing = roles.standing_roles(work.connection, user_id(), work.today)
    return [one for one in standing if one.delegated_by is None and can_hand_on(one.right)]


def given_role(work: Work, role_id: UUID) -> Assignment:
    """Read what who asks handed on.

    Raises:
        NotFoundError: there is no such thing, or another handed it on; the two read alike.
    """
    given = roles.handed_on(work.connection, user_id())
    found = next((one for one in given if one.id == role_id), None)
    if found is None:
        raise NotFoundError(NOT_THERE)
    return found


def own_role(work: Work, role_id: UUID) -> Assignment:
    """Read one of those roles.

    Raises:
        NotFoundError: there is none, or it is another's; the two read alike.
    """
    found = next((one for one in own_roles(work) if one.id == role_id), None)
    if found is None:
        raise NotFoundError(NOT_THERE)
    return found


def _deputy() -> UUID:
    try:
        return UUID(request.form.get("deputy", ""))
    except ValueError:
        raise InvalidError(N_("Выберите, кто вас замещает."), code="deputy") from None


def _page(work: Work, source: Assignment, errors: dict[str, str]) -> str:
    school_id = source.right.school_id
    found = users.colleagues(work.connection, school_id, work.today) if school_id else []
    return page(
        "staff/deputy.html",
        role=shown_role(work, source),
        colleagues={str(one): name for one, name in found if one != source.user_id},
        bundles={code: gettext(one.title) for code, one in bundles_of(source.right).items()},
        today=work.today,
        typed={name: request.form.get(name, "")[:60] for name in ("deputy", "first", "last")},
        ticked=request.form.getlist("what"),
        errors=errors,
    )
