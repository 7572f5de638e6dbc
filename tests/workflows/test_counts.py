"""How many cases stand where: as they stand, or, where there are a great many, as the clock counted them."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from registry.access.rules import Role, Scope
from registry.people.atlas import Schools
from registry.people.models.places import get_school
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import models
from registry.workflows.clock import count_cases
from registry.workflows.models.counting import Count, Counted, Where
from registry.workflows.models.tables import case_counts
from registry.workflows.timing import moment
from tests.staff.conftest import Employ, Place, app, employ, school, schools
from tests.workflows.errands import advance, errand, publish

__all__ = ["app", "employ", "school", "schools"]


@pytest.fixture(autouse=True)
def ready(registry: Registry, schools: tuple[Place, Place]) -> None:
    """Three cases of the first school, one of them overdue; one of the second, and one of none."""
    publish(registry)
    advance(registry, errand(registry, schools[0].id, 1), "check")
    for school_id, days in ((schools[0].id, -1), (schools[0].id, 2), (schools[1].id, 3), (None, -2)):
        errand(registry, school_id, days)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two cases be a great many."""
    monkeypatch.setattr("registry.workflows.models.counting.MANY", 2)


def counted(registry: Registry, where: Where | None = None) -> Counted:
    with registry.reading(SYSTEM) as work:
        return models.counts(work.connection, "errand", moment(work), where)


def town(registry: Registry, place: Place) -> Where:
    with registry.reading(SYSTEM) as work:
        found = get_school(work.connection, place.id).municipality_id
    return Where(below=(Schools().below(Scope.MUNICIPALITY, found),))


WHOLE = {"asked": Count(4, 2), "checked": Count(1)}
BRANCH = {"asked": Count(3, 1), "checked": Count(1)}


def test_cases_are_counted_as_they_stand(registry: Registry, schools: tuple[Place, Place]) -> None:
    assert counted(registry) == Counted(WHOLE)
    assert counted(registry, town(registry, schools[0])) == Counted(BRANCH)
    assert counted(registry, Where((schools[1].id,))).of("asked") == Count(1)
    assert counted(registry, Where()).states == {}
    count_cases(registry)
    assert counted(registry).at is None


def test_a_great_many_are_counted_by_the_clock_and_the_page_says_when(
    registry: Registry, schools: tuple[Place, Place], employ: Employ, few: None
) -> None:
    count_cases(registry)
    errand(registry, schools[0].id, -4)
    kept = counted(registry)
    assert (kept.states, kept.at is None) == (WHOLE, False)
    assert counted(registry, town(registry, schools[0])).states == BRANCH
    assert counted(registry, Where((schools[0].id,))).of("asked") == Count(3, 2)
    count_cases(registry)
    assert counted(registry).of("asked") == Count(5, 3)
    assert "Посчитано" not in employ("darya", Role.DIRECTOR).get("/processes/errand").text


def test_what_the_clock_counted_long_ago_is_counted_as_it_stands(registry: Registry, few: None) -> None:
    count_cases(registry)
    with registry.work(SYSTEM) as work:
        before = work.now - timedelta(hours=1)
        work.connection.execute(update(case_counts).values(counted_at=before, held=77))
    assert counted(registry) == Counted(WHOLE)
