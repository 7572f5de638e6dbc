"""Whose paper waits for a second person is not written to, nor is his form printed again."""

from collections import Counter
from uuid import UUID

import pytest

from registry.consents.models.checks import papers_waiting
from registry.consents.rules.acts import ActKind
from registry.consents.rules.reminding import Silence
from registry.consents.rules.stacks import Fault
from registry.consents.usecases.calling import plan_of
from registry.consents.usecases.checking import send_back
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.paper_entry import Carried, enter_paper
from registry.consents.usecases.printing import silent_papers
from registry.consents.usecases.reminder_plan import Chasing, chasing_of
from registry.people.models.persons import get_person
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, C, S, Town
from tests.consents.papers import with_check
from tests.consents.requests import Days
from tests.consents.test_requests import days, november, remind_by_hand

__all__ = ["days"]


@pytest.fixture
def strict(days: Days) -> Days:
    """Every paper is looked at twice."""
    days.town.registry = with_check(days.town.registry, 100)
    return days


def enter(days: Days, signer: str, about: str, notice: NoticeKind, kind: ActKind = ActKind.GIVEN) -> UUID:
    people = days.town.people
    said = Paper(
        days.town.school, MESH, people[about], people[signer], notice, kind, days.day, "Дело, лист 3"
    )
    with days.registry.work(days.tutor) as work:
        person = get_person(work.connection, work.vault, people[about])
        check_id = enter_paper(work, said, Carried(person)).check_id
    assert check_id
    return check_id


def chasing(days: Days, student: str) -> Chasing:
    with days.registry.reading(SYSTEM) as work:
        found = chasing_of(work, days.town.school, MESH, [days.decided(student)])
    return found[days.town.people[student]]


def lacking(town: Town, student: str) -> list[tuple[UUID, NoticeKind]]:
    """Name the forms that would be printed for a student."""
    decided = town.decisions()[student]
    with town.registry.reading(SYSTEM) as work:
        programme = participation_of(work.connection, town.school, MESH).programme
        papers = papers_waiting(work.connection, town.school, MESH)
        return [(one.person, one.notice) for one in silent_papers(work, programme, decided, papers)]


@pytest.mark.proves("S1-14")
def test_whose_paper_waits_is_not_reminded_until_it_is_sent_back(strict: Days) -> None:
    adult = strict.town.people["adult"]
    assert lacking(strict.town, "adult") == [(adult, S)]
    check_id = enter(strict, "adult", "adult", S)
    assert strict.go_to(november(5)) == Counter({"mother": 1, "father": 1, "teen": 1})
    assert remind_by_hand(strict, "adult") == 0
    assert (chasing(strict, "adult").silence, chasing(strict, "adult").next_on) == (Silence.CHECKING, None)
    assert lacking(strict.town, "adult") == []
    with strict.registry.reading(SYSTEM) as work:
        plan = plan_of(work, strict.town.school, MESH, [strict.decided("adult")])
    assert (plan.fresh, plan.held) == ((), 0)

    with strict.registry.work(strict.town.tutor(2)) as work:
        send_back(work, strict.town.school, check_id, Fault.NO_SIGNATURE)
    assert strict.go_to(november(9))["adult"] == 1
    assert lacking(strict.town, "adult") == [(adult, S)]


def test_who_said_one_thing_on_a_paper_and_owes_another_is_reminded_of_that(strict: Days) -> None:
    enter(strict, "teen", "teen", S, ActKind.REFUSED)
    enter(strict, "mother", "child", C)
    people = strict.town.people
    assert (people["mother"], C) not in lacking(strict.town, "child")
    assert (people["teen"], S) not in lacking(strict.town, "teen")
    assert (people["mother"], C) in lacking(strict.town, "teen"), "what she said of another child is apart"
    assert strict.go_to(november(5)) == Counter({"mother": 1, "father": 1, "adult": 1})
