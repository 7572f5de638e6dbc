"""Accounts of staff over the API: the list, one of them, taking somebody in, closing, the one-time link."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from registry.access.models import roles, users
from registry.access.models.users import Profile
from registry.access.rules import Action
from registry.access.usecases.users import (
    LONGEST_EMAIL,
    LONGEST_LOGIN,
    EsiaState,
    NewUser,
    close_account,
    email_of,
    note_esia,
    reopen_account,
)
from registry.errors import N_
from registry.staff import usecases
from registry.staff.api.roles import RightBody, asked_right
from registry.staff.api.room import MemberTold, RowTold, asked_term, roles_told, staff_room
from registry.staff.pages.overview import listed_school
from registry.staff.pages.room import Member, managed_member, seen_member
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Text
from registry.web.api.lists import Asked, Page, page
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once
from registry.work import Work

_ONE = "/staff/<uuid:user_id>"


class NewMemberBody(RightBody):
    """Somebody new with the first role."""

    login = Text(required=True, least=1, most=LONGEST_LOGIN)
    name = Text(required=True, least=1)
    email = Text(load_default="", most=LONGEST_EMAIL)


class LinkTold(Told):
    """The one-time link for a password: it is told to who asked for it, and to him again with the same key.

    The kept answer is sealed and outlives the link's use, which the link itself does not.
    """

    user_id = Id()
    link = Text()
    email = Text(allow_none=True, metadata={"description": N_("Куда ссылка ушла письмом")})


class DetailsBody(Body):
    """How somebody is called, and where he is written to; both replace what was kept."""

    name = Text(required=True, least=1)
    email = Text(required=True, most=LONGEST_EMAIL, metadata={"description": N_("Пусто: адреса нет")})


class EsiaBody(Body):
    """How far somebody's account in ESIA is confirmed."""

    esia = Choice(EsiaState, required=True)


@staff_room.serves("GET /staff", N_("Сотрудники с действующими ролями"))
@bearer(Action.USER_MANAGE)
@staff_room.pages(RowTold)
def list_staff(asked: dict[str, Any]) -> Page[dict[str, Any]]:
    """List accounts by login: of the installation, or of the school of who asks."""
    part = Asked(asked["after"], asked["limit"])
    with begin_reading() as work:
        found = users.profiles(work.connection, listed_school(), part.key or None, part.limit + 1)
        given = roles.roles_of(work.connection, [one.id for one in found])
        standing = [one for one in given if one.term.takes_in(work.today)]
        rows = [
            _row(one) | {"roles": roles_told(work, [role for role in standing if role.user_id == one.id])}
            for one in found
        ]
    return page(rows, part.limit, lambda one: one["login"])


def _row(one: Profile) -> dict[str, Any]:
    names = ("id", "login", "name", "created_at", "closed_at", "has_password", "totp_since")
    return {name: getattr(one, name) for name in names}


@staff_room.serves(f"GET {_ONE}", N_("Учётная запись сотрудника"))
@bearer(Action.USER_MANAGE)
@tagged
@staff_room.answers(MemberTold)
def show_member(user_id: UUID) -> dict[str, Any]:
    """Tell of an account with all its roles."""
    with begin_reading() as work:
        return told(work, seen_member(work, user_id))


def told(work: Work, member: Member) -> dict[str, Any]:
    """Tell of a member of staff."""
    profile = member.profile
    return _row(profile) | {
        "roles": roles_told(work, member.roles),
        "email": email_of(work, profile),
        "esia": profile.esia.state if profile.esia else None,
    }


@staff_room.serves("POST /staff", N_("Завести учётную запись с первой ролью"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@staff_room.takes(NewMemberBody)
@staff_room.answers(LinkTold, 201)
def take_in(said: dict[str, Any]) -> dict[str, Any]:
    """Make the account with its role, and tell the link for its password."""
    wanted = NewUser(said["login"], said["name"], email=said["email"])
    with begin_work() as work:
        term = asked_term(said, work.today)
        user_id, link = usecases.take_in(work, wanted, asked_right(work, said), term)
    return {"user_id": user_id, "link": link, "email": wanted.email.strip() or None}


@staff_room.serves(f"POST {_ONE}/link", N_("Сделать одноразовую ссылку для пароля"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@staff_room.answers(LinkTold, 201)
def make_link(user_id: UUID) -> dict[str, Any]:
    """Make a one-time link for the password, and tell it."""
    with begin_work() as work:
        member = managed_member(work, user_id)
        link = usecases.send_link(work, user_id)
        return {"user_id": user_id, "link": link, "email": email_of(work, member.profile)}


@staff_room.serves(f"POST {_ONE}/details", N_("Изменить имя и почту сотрудника"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@matching
@staff_room.takes(DetailsBody)
@staff_room.answers(MemberTold)
def change_details(said: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """Change name and address; the address from before is told of it."""
    return _changed(
        user_id, lambda work, profile: usecases.change_details(work, profile, said["name"], said["email"])
    )


@staff_room.serves(f"POST {_ONE}/close", N_("Закрыть учётную запись"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@matching
@staff_room.answers(MemberTold)
def close(user_id: UUID) -> dict[str, Any]:
    """Close an account; its sessions and tokens end with the next call."""
    return _changed(user_id, close_account)


@staff_room.serves(f"POST {_ONE}/reopen", N_("Открыть закрытую учётную запись"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@matching
@staff_room.answers(MemberTold)
def reopen(user_id: UUID) -> dict[str, Any]:
    """Open a closed account again."""
    return _changed(user_id, reopen_account)


@staff_room.serves(f"POST {_ONE}/drop-factor", N_("Снять второй фактор того, кто его потерял"))
@fresh_sign_in
@bearer(Action.USER_MANAGE)
@once
@matching
@staff_room.answers(MemberTold)
def drop_factor(user_id: UUID) -> dict[str, Any]:
    """Take away the second factor of who lost it."""
    return _changed(user_id, lambda work, profile: usecases.drop_factor(work, profile.id))


@staff_room.serves(f"POST {_ONE}/esia", N_("Записать, насколько подтверждена учётная запись ЕСИА"))
@bearer(Action.USER_MANAGE)
@once
@matching
@staff_room.takes(EsiaBody)
@staff_room.answers(MemberTold)
def note_state(said: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """Note how far the person's account in ESIA is confirmed."""
    return _changed(user_id, lambda work, profile: note_esia(work, profile, EsiaState(said["esia"])))


def _changed(user_id: UUID, change: Callable[[Work, Profile], None]) -> dict[str, Any]:
    with begin_work() as work:
        member = managed_member(work, user_id)
        require_match(MemberTold, told(work, member))
        change(work, member.profile)
        return told(work, seen_member(work, user_id))
