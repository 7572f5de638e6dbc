"""Roles of somebody who has an account: giving another one, and ending one."""

from datetime import date, timedelta
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.models import roles
from registry.access.models.roles import Assignment
from registry.access.rules import Action
from registry.access.usecases.giving import end_role, give_role
from registry.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError
from registry.staff.pages.adding import asked_kind, errors_of, form, questions
from registry.staff.pages.choosing import right_of
from registry.staff.pages.room import (
    NOT_THERE,
    Member,
    asked_term,
    blueprint,
    ended_by_me,
    seen_member,
    shown_role,
)
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

NOT_ONESELF = N_("Себе роль дать нельзя: попросите другого администратора.")


@blueprint.get("/staff/<uuid:user_id>/roles/new")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
def ask_role(user_id: UUID) -> ResponseReturnValue:
    """Ask which role, where and for how long."""
    with begin_reading() as work:
        name = name_of_another(work, user_id)
        action = url_for("staff.ask_role", user_id=user_id)
        return questions(work, action, name) or form(work, asked_kind(), name, {})


@blueprint.post("/staff/<uuid:user_id>/roles/new")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
@once
def give(user_id: UUID) -> ResponseReturnValue:
    """Give the role."""
    try:
        with begin_work() as work:
            name_of_another(work, user_id)
            give_role(work, user_id, right_of(work, asked_kind()), asked_term(work.today))
    except (InvalidError, ConflictError) as error:
        with begin_reading() as work:
            return form(work, asked_kind(), name_of_another(work, user_id), errors_of(error)), 422
    return redirect(url_for("staff.show", user_id=user_id), 303)


@blueprint.get("/staff/roles/<uuid:role_id>/end")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
def ask_end(role_id: UUID) -> ResponseReturnValue:
    """Ask when a role is to end."""
    with begin_reading() as work:
        return _end_page(work, role_id, {})


@blueprint.post("/staff/roles/<uuid:role_id>/end")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
@once
def end(role_id: UUID) -> ResponseReturnValue:
    """End a role at once, or after a day."""
    with begin_work() as work:
        member, _ = ended_role(work, role_id)
        try:
            last = _last_day(work)
        except InvalidError as error:
            return _end_page(work, role_id, {"last": told(error)}), 422
        end_role(work, role_id, last)
    return redirect(url_for("staff.show", user_id=member.profile.id), 303)


def name_of_another(work: Work, user_id: UUID) -> str:
    """Name whom who asks may give a role to.

    Raises:
        NotFoundError: there is no such account, or he may not see it.
        ForbiddenError: it is his own.
    """
    member = seen_member(work, user_id)
    if member.own:
        raise ForbiddenError(NOT_ONESELF, code="own-role")
    return member.profile.name


def _last_day(work: Work) -> date:
    if request.form.get("when") != "later":
        return work.today - timedelta(days=1)
    last = asked_term(work.today).last
    if last is None:
        raise InvalidError(N_("Укажите последний день роли."), code="day")
    return last


def ended_role(work: Work, role_id: UUID) -> tuple[Member, Assignment]:
    """Read a role that who asks may end, and whose it is.

    Raises:
        NotFoundError: there is none, or he may not; the two read alike.
    """
    role = roles.find_role(work.connection, role_id)
    if role is None:
        raise NotFoundError(NOT_THERE)
    member = seen_member(work, role.user_id)
    if not ended_by_me(member, role):
        raise NotFoundError(NOT_THERE)
    return member, role


def _end_page(work: Work, role_id: UUID, errors: dict[str, str]) -> str:
    member, role = ended_role(work, role_id)
    return page("staff/end.html", member=member.profile, role=shown_role(work, role), errors=errors)
