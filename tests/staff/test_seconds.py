"""Whoever may answer as the second person is told that somebody waits: not the first, nor his deputy."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from registry.access.models import roles
from registry.access.models.roles import Term
from registry.access.rules import Action, Right, Role, Scope
from registry.access.usecases.giving import delegate
from registry.access.usecases.telling import TELL_SECOND
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import load_names
from registry.consents.models.acts import get_act
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases import invalidating
from registry.jobs.worker import keep_promise
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, take
from registry.people.models.places import list_classes
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM, Actor
from tests.consents.conftest import Town, town
from tests.consents.test_staff import paper

__all__ = ["town"]

load_names()
TODAY = date(2020, 11, 2)


def employ(town: Town, login: str, role: Role | None) -> UUID:
    """Take somebody in: a tutor of the only class, anybody else of the school; None: without a role."""
    with town.work() as work:
        class_id = list_classes(work.connection, town.school, 2020)[0].id
        user = add_user(
            work, NewUser(login, f"Сотрудник {login}", "no password fits", f"{login}@example.org")
        )
        scope, place = (Scope.CLASS, class_id) if role is Role.TUTOR else (Scope.SCHOOL, town.school)
        if role is not None:
            give_role(work, user, Right(role, scope, place, town.school))
        return user


def stand_in(town: Town, principal: UUID, deputy: UUID, action: Action) -> None:
    with town.work(Actor("staff", principal, "clerk", "password", town.school)) as work:
        (source,) = roles.standing_roles(work.connection, principal, work.today)
        delegate(work, source, deputy, frozenset({action}), Term(TODAY, TODAY + timedelta(days=9)))


def told_after(town: Town, first: UUID) -> dict[UUID, str]:
    """Let somebody ask, and the worker work; give the letters to staff, by who got them."""
    act_id = paper(town, "mother", kind=ActKind.REFUSED).act_id
    with town.work(Actor("staff", first, "clerk", "password", town.school)) as work:
        act = get_act(work.connection, town.school, act_id)
        child = town.people["child"]
        invalidating.ask_invalidation(work, act, child, InvalidReason.WRONG_ENTRY, "не в ту строку")
    with town.registry.reading(SYSTEM) as work:
        waiting = select(promises.c.id).where(promises.c.job == TELL_SECOND)
        promised = work.connection.execute(waiting).scalar_one()
    assert keep_promise(town.registry, promised)
    found = {}
    with town.work() as work:
        rows = work.connection.execute(
            select(letters.c.id, letters.c.person_id).where(letters.c.kind == "task")
        )
        for row in rows.all():
            taken = take(work.connection, row.id, work.now)
            assert taken
            found[row.person_id] = open_envelope(work.vault, work.connection, taken).text
    return found


def test_those_who_may_answer_are_written_to_and_the_letter_names_nobody(town: Town) -> None:
    clerk, director = employ(town, "clerk", Role.CLERK), employ(town, "director", Role.DIRECTOR)
    tutor, auditor = employ(town, "tutor", Role.TUTOR), employ(town, "auditor", Role.AUDITOR)
    told = told_after(town, clerk)
    assert told.keys() == {director, tutor}
    assert auditor not in told
    words = told[tutor]
    assert "Ответьте вторым" in words
    assert (
        f"/consents/schools/{town.school}/students/{town.people['child']}/acts?programme=mesh-2020" in words
    )
    assert not [name for name in ("Иванова", "Child", "Mother", "не в ту строку") if name in words]


def test_a_deputy_hears_of_what_was_handed_on_to_him(town: Town) -> None:
    clerk, other = employ(town, "clerk", Role.CLERK), employ(town, "second-clerk", Role.CLERK)
    auditor, third = employ(town, "auditor", Role.AUDITOR), employ(town, "third", Role.AUDITOR)
    stand_in(town, other, auditor, Action.ACT_INVALIDATE)
    stand_in(town, other, third, Action.INVITE)
    assert told_after(town, clerk).keys() == {other, auditor}


def test_who_stands_in_for_the_first_person_or_entered_the_act_is_not_written_to(town: Town) -> None:
    clerk, auditor = employ(town, "clerk", Role.CLERK), employ(town, "auditor", Role.AUDITOR)
    director = employ(town, "director", Role.DIRECTOR)
    stand_in(town, clerk, auditor, Action.ACT_INVALIDATE)
    assert told_after(town, clerk).keys() == {director}
