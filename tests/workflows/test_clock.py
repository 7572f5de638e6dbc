"""Deadlines pass by themselves: reminders, escalations and steps, each exactly once."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from registry.storage.outbox import promises
from registry.work import Registry
from registry.workflows import clock, moving, usecases
from registry.workflows.cases import Case, Happening
from registry.workflows.deadlines import Due, Waiting, legal_now, next_due
from registry.workflows.definition import Definition, load
from registry.workflows.names import NAMES
from tests.clocks import Later
from tests.workflows.tiny import ROBOT, SCHOOL, TINY, TUTOR, broken, called, publish_tiny, shut, thing

VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")
ENTERED = datetime(2020, 11, 2, 6, 30, tzinfo=UTC)  # 16:30 in Vladivostok
TERM = date(2020, 11, 11)


@pytest.fixture
def ready(registry: Registry) -> Iterator[Registry]:
    publish_tiny(registry)
    called.clear()
    shut.clear()
    broken.clear()
    return registry


@pytest.fixture
def tiny() -> Definition:
    return load(TINY, "tiny.toml", NAMES.known())


def on(registry: Registry, day: date) -> Registry:
    return replace(registry, settings=replace(registry.settings, today=day))


def begin(registry: Registry, term: date | None = TERM) -> Case:
    with registry.work(ROBOT) as work:
        dates = {} if term is None else {"term": term}
        return usecases.start(work, "tiny", thing(), SCHOOL, dates=dates)


def lines(registry: Registry, case: Case) -> list[tuple[Happening, str, str | None]]:
    with registry.reading(ROBOT) as work:
        return [(line.kind, line.target, line.reason) for line in usecases.look(work, case.id).history[1:]]


def now_of(registry: Registry, case: Case) -> Case:
    with registry.reading(ROBOT) as work:
        return usecases.look(work, case.id).case


def test_deadlines_of_a_state_pass_in_the_order_of_time_and_not_of_the_file(tiny: Definition):
    waiting = Waiting("draft", ENTERED, {"term": TERM}, VLADIVOSTOK)
    first = next_due(tiny, waiting)
    assert first == Due(ENTERED + timedelta(hours=48), 1)
    second = next_due(tiny, waiting, 1)
    assert second == Due(datetime(2020, 11, 5, 14, 0, tzinfo=UTC), 0)  # the end of 5 November there
    third = next_due(tiny, waiting, 0)
    assert third == Due(datetime(2020, 11, 11, 14, 0, tzinfo=UTC), 2)  # the last day counts whole
    assert next_due(tiny, waiting, 2) is None


def test_a_date_that_the_case_does_not_have_never_passes(tiny: Definition):
    waiting = Waiting("draft", ENTERED, {}, VLADIVOSTOK)
    assert next_due(tiny, waiting, 0) is None


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("1 day", datetime(2020, 11, 9, 14, 0, tzinfo=UTC)),
        ("6 hours", datetime(2020, 11, 11, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_deadline_before_a_date_falls_on_that_day_or_that_hour(before: str, expected: datetime):
    text = TINY.replace('at = "term"', f'at = "term"\nbefore = "{before}"')
    waiting = Waiting("draft", ENTERED, {"term": TERM}, VLADIVOSTOK)
    assert next_due(load(text, "tiny.toml", NAMES.known()), waiting, 0) == Due(expected, 2)


def test_days_are_counted_over_a_change_of_the_clock(tiny: Definition):
    sofia = ZoneInfo("Europe/Sofia")
    entered = datetime(2020, 10, 24, 9, 0, tzinfo=UTC)
    due = next_due(tiny, Waiting("draft", entered, {}, sofia), 1)
    assert due == Due(datetime(2020, 10, 27, 22, 0, tzinfo=UTC), 0)


def test_the_legal_clock_is_the_real_one_unless_the_legal_day_is_moved():
    assert legal_now(ENTERED, date(2020, 11, 2), VLADIVOSTOK) == ENTERED
    assert legal_now(ENTERED, date(2020, 11, 12), VLADIVOSTOK) == ENTERED + timedelta(days=10)


def test_what_is_not_due_is_left_alone(ready: Registry):
    case = begin(ready)
    clock.follow_clock(ready)
    assert lines(ready, case) == []


def test_a_case_is_escalated_then_reminded_of_then_moved_each_once(ready: Registry):
    case = begin(ready)
    for _ in range(3):
        clock.follow_clock(on(ready, date(2020, 11, 5)))
    assert lines(ready, case) == [(Happening.ESCALATED, "draft", None)]
    assert now_of(ready, case).assignee_role == "tiny-director"
    for _ in range(3):
        clock.follow_clock(on(ready, date(2020, 11, 8)))
    assert lines(ready, case)[1:] == [(Happening.REMINDED, "draft", None)]
    for _ in range(3):
        clock.follow_clock(on(ready, date(2020, 11, 12)))
    assert lines(ready, case)[2:] == [(Happening.MOVED, "dropped", None)]
    closed = now_of(ready, case)
    assert (closed.state, closed.due_at) == ("dropped", None)
    with ready.engine.connect() as connection:
        assert len(connection.execute(promises.select()).all()) == 1


def test_after_a_long_stop_all_that_was_missed_is_caught_up_in_order(ready: Registry):
    case = begin(ready)
    clock.follow_clock(on(ready, date(2021, 3, 1)))
    assert [kind for kind, _, _ in lines(ready, case)] == [
        Happening.ESCALATED,
        Happening.REMINDED,
        Happening.MOVED,
    ]


def test_a_step_counts_the_deadline_of_the_new_state_from_now(ready: Registry):
    case = begin(ready)
    with ready.work(TUTOR) as work:
        moved = usecases.advance(work, case.id, "check")
    assert moved.due_at == moved.entered_at + timedelta(hours=1)
    clock.follow_clock(on(ready, date(2020, 11, 3)))
    assert now_of(ready, case).state == "draft"


def test_a_deadline_whose_guard_refuses_is_noted_and_tried_again_in_a_day(ready: Registry):
    case = begin(ready)
    shut.add(case.subject.id)
    clock.follow_clock(on(ready, date(2020, 11, 12)))
    clock.follow_clock(on(ready, date(2020, 11, 12)))
    assert lines(ready, case)[2:] == [(Happening.HELD, "draft", "tiny-shut")]
    shut.clear()
    clock.follow_clock(on(ready, date(2020, 11, 14)))
    assert now_of(ready, case).state == "dropped"


def test_a_case_whose_effect_breaks_takes_no_other_with_it(ready: Registry):
    sick, well = begin(ready), begin(ready)
    broken.add(sick.subject.id)
    clock.follow_clock(on(ready, date(2020, 11, 12)))
    assert now_of(ready, well).state == "dropped"
    assert lines(ready, sick)[2:] == [(Happening.HELD, "draft", "failed")]


def test_a_step_that_stumbled_once_is_tried_soon_and_one_that_fails_again_in_a_day(ready: Registry):
    case, day = begin(ready), on(ready, date(2020, 11, 12))
    broken.add(case.subject.id)
    pauses = []
    with Later().ticking() as later:
        for _ in range(3):
            clock.follow_clock(day)
            held = now_of(ready, case)
            with day.reading(ROBOT) as work:
                pauses.append(held.due_at - moving.legal(work))
            later.waited += clock.SOON
    assert clock.SOON - timedelta(seconds=5) < pauses[0] <= clock.SOON
    assert pauses[1] > timedelta(hours=23)
    assert [kind for kind, _, reason in lines(ready, case) if reason == "failed"] == [Happening.HELD] * 2


def test_many_workers_escalate_each_case_once(ready: Registry):
    begun = [begin(ready, None) for _ in range(30)]
    later = on(ready, date(2020, 11, 5))
    workers = [threading.Thread(target=clock.follow_clock, args=(later,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(lines(ready, case) == [(Happening.ESCALATED, "draft", None)] for case in begun)
