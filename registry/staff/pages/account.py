"""One account: who, which roles, and what can be done with it by who manages it."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.managing import may_see
from registry.access.models import users
from registry.access.rules import Action
from registry.access.usecases.users import EsiaState, close_account, email_of, note_esia, reopen_account
from registry.errors import N_, InvalidError
from registry.staff import usecases
from registry.staff.pages.room import (
    blueprint,
    ended_by_me,
    managed_member,
    manages,
    seen_member,
    shown_role,
)
from registry.web.current import begin_reading, begin_work, rights
from registry.web.doors import allowed, fresh_sign_in
from registry.web.entrance.account import ESIA_WORDS
from registry.web.idempotency import once
from registry.web.templating import page


@blueprint.get("/staff/<uuid:user_id>")
@allowed(Action.USER_MANAGE)
def show(user_id: UUID) -> ResponseReturnValue:
    """Show an account with its roles."""
    with begin_reading() as work:
        member = seen_member(work, user_id)
        esia = member.profile.esia
        listed = [
            {**shown_role(work, one), "can_end": ended_by_me(member, one)}
            for one in member.roles
            if may_see(rights(), [one])
        ]
        noted_by = users.names_of(work.connection, frozenset({esia.by})) if esia and esia.by else {}
        return page(
            "staff/account.html",
            member=member.profile,
            email=email_of(work, member.profile),
            roles=listed,
            own=member.own,
            manages=manages(work, member),
            esia=esia,
            esia_word=gettext(ESIA_WORDS[EsiaState(esia.state)]) if esia else None,
            esia_by=noted_by.get(esia.by) if esia and esia.by else None,
            esia_choices={state.value: gettext(words) for state, words in ESIA_WORDS.items()},
        )


@blueprint.post("/staff/<uuid:user_id>/link")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
def make_link(user_id: UUID) -> ResponseReturnValue:
    """Make a one-time link for the password, and show it once."""
    with begin_work() as work:
        member = managed_member(work, user_id)
        link = usecases.send_link(work, user_id)
        email = email_of(work, member.profile)
    return page("staff/link.html", member=member.profile, login=member.profile.login, link=link, email=email)


@blueprint.post("/staff/<uuid:user_id>/close")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
@once
def close(user_id: UUID) -> ResponseReturnValue:
    """Close an account; open sessions of it end with the next click."""
    with begin_work() as work:
        close_account(work, managed_member(work, user_id).profile)
    return _back(user_id)


@blueprint.post("/staff/<uuid:user_id>/reopen")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
@once
def reopen(user_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    with begin_work() as work:
        reopen_account(work, managed_member(work, user_id).profile)
    return _back(user_id)


@blueprint.post("/staff/<uuid:user_id>/drop-factor")
@fresh_sign_in
@allowed(Action.USER_MANAGE)
@once
def drop_factor(user_id: UUID) -> ResponseReturnValue:
    """Take away the second factor of who lost it."""
    with begin_work() as work:
        usecases.drop_factor(work, managed_member(work, user_id).profile.id)
    return _back(user_id)


@blueprint.post("/staff/<uuid:user_id>/esia")
@allowed(Action.USER_MANAGE)
@once
def note_state(user_id: UUID) -> ResponseReturnValue:
    """Note how far the person's account in ESIA is confirmed."""
    with begin_work() as work:
        profile = managed_member(work, user_id).profile
        note_esia(work, profile, _asked_state())
    return _back(user_id)


def _asked_state() -> EsiaState:
    try:
        return EsiaState(request.form.get("esia", ""))
    except ValueError:
        raise InvalidError(N_("Выберите состояние учётной записи в ЕСИА.")) from None


def _back(user_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("staff.show", user_id=user_id), 303)
