"""The list of staff: those of the whole installation for the administrator, of his school for a director."""

from typing import Final
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.managing import managed_schools, manages_all, may_see
from registry.access.models import roles, users
from registry.access.models.roles import Assignment
from registry.access.models.users import Profile
from registry.access.rules import Action
from registry.people.models import places
from registry.staff.pages.room import ROLE_WORDS, blueprint
from registry.web.current import begin_reading, rights
from registry.web.doors import allowed
from registry.web.templating import page
from registry.work import Work

PAGE_LENGTH: Final = 25
"""Each row is five lines on a phone: of more of them nobody sees the end."""


@blueprint.get("/staff")
@allowed(Action.USER_MANAGE)
def overview() -> ResponseReturnValue:
    """List accounts by login, with the roles that stand today."""
    after = request.args.get("after", "")[:120] or None
    sought = " ".join(request.args.get("q", "")[:120].split())
    with begin_reading() as work:
        found = users.profiles(work.connection, listed_school(), after, PAGE_LENGTH + 1, sought)
        given = roles.roles_of(work.connection, [one.id for one in found])
        names = {one.id: one.name for one in places.list_schools(work.connection)}
        shown = [_row(work, one, given, names) for one in found]
    more = len(found) > PAGE_LENGTH
    last = found[PAGE_LENGTH - 1].login if more else ""
    following = url_for("staff.overview", q=sought or None, after=last) if more else None
    return page("staff/overview.html", members=shown[:PAGE_LENGTH], following=following, sought=sought)


def listed_school() -> UUID | None:
    """Name the school whose staff who asks may see; none for who sees those of the whole installation."""
    return None if manages_all(rights()) else min(managed_schools(rights()), default=None)


def _row(work: Work, one: Profile, given: list[Assignment], names: dict[UUID, str]) -> dict[str, object]:
    standing = [
        _words(role, names)
        for role in given
        if role.user_id == one.id and role.term.takes_in(work.today) and may_see(rights(), [role])
    ]
    return {
        "id": one.id,
        "login": one.login,
        "name": one.name,
        "closed": one.closed_at is not None,
        "no_password": not one.has_password,
        "totp": one.totp_since is not None,
        "roles": standing,
    }


def _words(role: Assignment, names: dict[UUID, str]) -> str:
    title = str(gettext(ROLE_WORDS[role.right.role]))
    school = names.get(role.right.school_id) if role.right.school_id else None
    told = f"{title}, {school}" if school else title
    return str(gettext("%(role)s (замещение)", role=told)) if role.delegated_by else told
