"""Two times: what was known on one day about another; knowledge only grows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.consents.rules.acts import Act, ActKind
from registry.consents.rules.decisions import State
from registry.consents.rules.hindsight import known_then
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.correcting import invalidate_act
from registry.consents.usecases.hindsight import Days, look_back
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.programmes.rules import Means, NoticeKind
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, OWN, C, Town, confirm_everything

ZONE = ZoneInfo("Asia/Vladivostok")
BEGIN = date(2020, 10, 1)
DAYS = st.integers(0, 20).map(lambda days: BEGIN + timedelta(days=days))


@st.composite
def histories(draw: st.DrawFn) -> list[Act]:
    """Acts that happened on some day and were recorded on it or later; invalidations of some of them."""
    made: list[Act] = []
    for number in range(draw(st.integers(0, 6))):
        on_day = draw(DAYS)
        late = timedelta(days=draw(st.integers(0, 10)), hours=draw(st.integers(0, 23)))
        recorded = datetime(on_day.year, on_day.month, on_day.day, tzinfo=ZONE).astimezone(UTC) + late
        kind = draw(st.sampled_from([ActKind.GIVEN, ActKind.REFUSED, ActKind.WITHDRAWN]))
        act = Act(UUID(int=number + 1), C, UUID(int=91), UUID(int=92), kind, Means.PAPER, on_day, recorded)
        made.append(act)
        if draw(st.booleans()):
            later = recorded + timedelta(days=draw(st.integers(0, 10)))
            void = replace(act, id=UUID(int=number + 51), kind=ActKind.INVALIDATED, recorded_at=later)
            made.append(replace(void, invalidates=act.id, on_day=later.astimezone(ZONE).date()))
    return made


@given(histories(), DAYS, DAYS, DAYS)
def test_knowledge_only_grows(acts: list[Act], early: date, late: date, about: date) -> None:
    early, late = sorted((early, late))
    before = {one.id for one in known_then(acts, early, about, ZONE)}
    assert before <= {one.id for one in known_then(acts, late, about, ZONE)}


@given(histories(), DAYS, DAYS)
def test_nothing_is_known_before_it_was_recorded_or_happened(
    acts: list[Act], known: date, about: date
) -> None:
    for one in known_then(acts, known, about, ZONE):
        assert one.recorded_at.astimezone(ZONE).date() <= known
        assert one.invalidates is not None or one.on_day <= about


@given(histories(), DAYS, DAYS)
def test_what_came_after_both_days_changes_no_answer(acts: list[Act], known: date, about: date) -> None:
    later = [one for one in acts if one.recorded_at.astimezone(ZONE).date() > known]
    without = [one for one in acts if one not in later]
    assert known_then(acts, known, about, ZONE) == known_then(without, known, about, ZONE)


@given(histories(), DAYS)
def test_once_everything_is_recorded_the_answer_is_that_of_today(acts: list[Act], about: date) -> None:
    at_last = known_then(acts, BEGIN + timedelta(days=400), about, ZONE)
    assert at_last == known_then(acts, date.max, about, ZONE)


@pytest.fixture
def papers(town: Town) -> tuple[Town, date]:
    """A consent on paper dated five days ago, entered today."""
    confirm_everything(town)
    with town.work(town.tutor()) as work:
        today = work.today
        for notice in (C, OWN):
            _enter(work, town, notice, today - timedelta(days=5))
    return town, today


def _enter(work: object, town: Town, notice: NoticeKind, day: date) -> UUID:
    paper = Paper(
        town.school, MESH, town.people["child"], town.people["mother"], notice, ActKind.GIVEN, day, "дело 1"
    )
    return record_paper_act(work, paper).act_id  # type: ignore[arg-type]


def asked(town: Town, known_on: date, about: date) -> State:
    with town.registry.reading(SYSTEM) as work:
        days = Days(known_on, about, ZONE)
        return look_back(work, town.school, MESH, town.people["child"], days).decision.state


def test_a_paper_that_came_late_was_true_before_it_was_known(papers: tuple[Town, date]) -> None:
    town, today = papers
    signed, recorded = today - timedelta(days=5), datetime.now(ZONE).date()
    assert asked(town, recorded, signed) is State.GIVEN
    assert asked(town, recorded - timedelta(days=1), signed) is State.ASKED
    assert asked(town, recorded, signed - timedelta(days=1)) is State.ASKED


def test_an_act_declared_invalid_counts_for_whoever_looked_before(papers: tuple[Town, date]) -> None:
    town, today = papers
    with town.work(town.tutor(2)) as work:
        act_id = _enter_again(work, town, today)
    with town.work(town.tutor(3)) as work:
        invalidate_act(work, town.school, act_id, InvalidReason.WRONG_ENTRY, "другая дата")
    recorded = datetime.now(ZONE).date()
    with town.registry.reading(SYSTEM) as work:
        found = look_back(work, town.school, MESH, town.people["child"], Days(recorded, today, ZONE))
    assert found.decision == found.of_now
    assert any(one.invalidates == act_id for one in found.known)


def _enter_again(work: object, town: Town, day: date) -> UUID:
    paper = Paper(
        town.school,
        MESH,
        town.people["child"],
        town.people["father"],
        C,
        ActKind.REFUSED,
        day,
        "дело 1, лист 3",
    )
    return record_paper_act(work, paper).act_id  # type: ignore[arg-type]
