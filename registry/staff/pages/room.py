"""What the pages of staff share: the blueprint, words for roles, whose account is meant, and dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from registry.access.managing import may_give, may_manage, may_see
from registry.access.models import roles
from registry.access.models.roles import Assignment, Term
from registry.access.models.users import Profile
from registry.access.rules import Action, Role, Scope
from registry.access.usecases.users import opened_profile
from registry.errors import N_, InvalidError, NotFoundError
from registry.people.models import places
from registry.staff.bundles import titles_of
from registry.web import navigation
from registry.web.current import rights, signed_in
from registry.work import Work

blueprint = Blueprint("staff", "registry.staff.pages", template_folder="../templates")

navigation.add(
    navigation.Entry(
        "staff.overview",
        N_("Сотрудники"),
        N_("Учётные записи и роли: кто, где и по какой день; добавить, завершить, выдать ссылку для пароля."),
        Action.USER_MANAGE,
        order=70,
    )
)
navigation.add(
    navigation.Entry(
        "staff.deputies",
        N_("Замещение"),
        N_("Передать часть своих прав коллеге на время отпуска или болезни и забрать обратно."),
        Action.DELEGATE,
        order=75,
    )
)

ROLE_WORDS = {
    Role.TUTOR: N_("классный руководитель"),
    Role.CLERK: N_("делопроизводитель"),
    Role.DIRECTOR: N_("директор"),
    Role.COORDINATOR: N_("координатор"),
    Role.OPERATOR: N_("оператор"),
    Role.AUDITOR: N_("аудитор"),
    Role.ADMINISTRATOR: N_("администратор"),
    Role.PLATFORM: N_("платформа"),
}
SCOPE_WORDS = {
    Scope.CLASS: N_("в классе"),
    Scope.SCHOOL: N_("в школе"),
    Scope.MUNICIPALITY: N_("в муниципалитете"),
    Scope.REGION: N_("в регионе"),
    Scope.INSTALLATION: N_("во всём реестре"),
}
NOT_THERE = N_("Страница не найдена, или у вас нет к ней доступа.")


@dataclass(frozen=True, slots=True)
class Member:
    """An account with all its roles."""

    profile: Profile
    roles: tuple[Assignment, ...]

    @property
    def own(self) -> bool:
        """Whether it is the account of who asks: nobody manages his own."""
        return self.profile.id == signed_in().session.user_id


def seen_member(work: Work, user_id: UUID) -> Member:
    """Read an account that who asks may see.

    Raises:
        NotFoundError: there is none, or he may not; the two read alike.
    """
    with work.beyond():  # how far an account reaches decides who has a hand in it
        found = tuple(roles.roles_of(work.connection, [user_id]))
    if not may_see(rights(), found):
        raise NotFoundError(NOT_THERE)
    return Member(opened_profile(work, user_id), found)


def managed_member(work: Work, user_id: UUID) -> Member:
    """Read an account that who asks may close or have a password set for; never his own.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    member = seen_member(work, user_id)
    if not manages(work, member):
        raise NotFoundError(NOT_THERE)
    return member


def manages(work: Work, member: Member) -> bool:
    """Say whether who asks may close an account or have its password set anew."""
    live = [one for one in member.roles if one.term.last is None or one.term.last >= work.today]
    return not member.own and may_manage(rights(), live or member.roles)


def ended_by_me(member: Member, role: Assignment) -> bool:
    """Say whether who asks may end a role of somebody."""
    return not member.own and may_give(rights(), role.right)


def shown_role(work: Work, one: Assignment) -> dict[str, object]:
    """Describe a role: what, where, from when to when, and how it stands today."""
    return {
        "id": one.id,
        "title": gettext(ROLE_WORDS[one.right.role]),
        "place": place_name(work, one),
        "first": one.term.first,
        "last": one.term.last,
        "stands": one.term.takes_in(work.today),
        "ended": one.term.last is not None and one.term.last < work.today,
        "deputy": one.delegated_by is not None,
        "what": [gettext(title) for title in titles_of(one.right)],
    }


def place_name(work: Work, one: Assignment) -> str:
    """Name the place of a role: a class with its school, a school, or the kind of place."""
    right = one.right
    if right.school_id is None:
        return str(gettext(SCOPE_WORDS[right.scope]))
    try:
        school = places.get_school(work.connection, right.school_id)
        if right.scope is Scope.CLASS and right.place_id is not None:
            classroom = places.get_class(work.connection, school.id, right.place_id)
            return f"{classroom.name}, {school.name}"
    except NotFoundError:
        return "–"
    return school.name


def asked_term(today: date) -> Term:
    """Read the first and the last day of a form; no first day: today; no last day: until it is ended.

    Raises:
        InvalidError: a day is none.
    """
    return Term(_day("first") or today, _day("last"))


def _day(name: str) -> date | None:
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidError(N_("Укажите день так: 2020-11-02."), code="day") from None


def words(items: Iterable[Role]) -> list[str]:
    """Name roles."""
    return [str(gettext(ROLE_WORDS[one])) for one in items]
