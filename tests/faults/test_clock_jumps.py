"""The machine's clock jumps between two steps: nothing outlives its time, is lost or done twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from registry.access.models.sessions import Holder
from registry.access.patience import STEP_UP_LASTS, stepped_up
from registry.access.usecases.sessions import open_session, recognise
from registry.access.usecases.users import NewUser, add_user
from registry.app import present_states
from registry.consents.rules.acts import ActKind
from registry.consents.rules.visits import Entered
from registry.consents.usecases import visiting
from registry.errors import GoneError
from registry.jobs import names
from registry.jobs.worker import keep_due_promises
from registry.people.contacts import ContactKind
from registry.storage.ids import uuid7
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_checkpoint
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry, Work
from registry.workflows import clock, usecases
from registry.workflows.cases import Happening
from tests.consents.conftest import AGREEMENT, C, Town
from tests.consents.conftest import enter as enter_code
from tests.workflows.tiny import ROBOT, SCHOOL, publish_tiny, thing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@contextmanager
def jumped(by: timedelta) -> Iterator[None]:
    """The clock shows another time from here on, and goes on from there."""
    with time_machine.travel(datetime.now(UTC) + by, tick=True):
        yield


def begin(town: Town) -> str:
    token = town.link("mother")
    with town.work() as work:
        visiting.start(work, visiting.look_at_link(work, token), ContactKind.PHONE)
    return token


def enter(town: Town, token: str, code: str) -> Entered:
    return enter_code(town.registry, token, code).result


@pytest.mark.parametrize("by", [-HOUR, DAY])
def test_a_code_from_before_a_jump_is_good_no_more_and_a_new_one_is(town: Town, by: timedelta) -> None:
    """Back as well: by the new time the code would live for an hour and ten minutes."""
    token = begin(town)
    code = town.code_of("mother")
    with jumped(by):
        assert enter(town, token, code) is Entered.SPENT
        with town.work() as work:
            visiting.start(work, visiting.look_at_link(work, token), ContactKind.PHONE)
        assert enter(town, token, town.code_of("mother")) is Entered.RIGHT


def test_a_code_bears_a_clock_that_is_set_by_seconds(town: Town) -> None:
    token = begin(town)
    code = town.code_of("mother")
    with jumped(timedelta(seconds=-30)):
        assert enter(town, token, code) is Entered.RIGHT


def test_a_link_is_good_until_its_day_and_not_a_day_longer(town: Town) -> None:
    token = town.link("mother")
    for by in (-HOUR, DAY, 59 * DAY):
        with jumped(by), town.work() as work:
            visiting.look_at_link(work, token)
    with jumped(61 * DAY), town.work() as work, pytest.raises(GoneError):
        visiting.look_at_link(work, token)


@pytest.mark.parametrize("by", [-HOUR, DAY])
def test_a_session_and_a_fresh_password_end_when_the_clock_jumps(registry: Registry, by: timedelta) -> None:
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser("clerk", "Секретарь", "no password"))
        token = open_session(work, Holder("password", user_id))
        proved = work.now
        assert recognise(work, token)
    with jumped(by), registry.work(SYSTEM) as work:
        assert recognise(work, token) is None
        assert not stepped_up(proved, work.now)
    with jumped(timedelta(seconds=-30)), registry.work(SYSTEM) as work:
        assert recognise(work, token)
        assert stepped_up(proved, work.now)
    assert stepped_up(proved, proved + STEP_UP_LASTS - timedelta(seconds=1))


def test_ids_stay_unique_when_the_same_hour_comes_twice(registry: Registry) -> None:
    made = set()
    for by in (timedelta(0), -HOUR, DAY, -HOUR, timedelta(0)):
        with jumped(by), registry.reading(SYSTEM) as work:
            made |= {work.new_id() for _ in range(20_000)}
    assert len(made) == 100_000
    assert len({uuid7(1_600_000_000_000) for _ in range(100_000)}) == 100_000


def published(registry: Registry) -> int:
    with registry.reading(SYSTEM) as work:
        now = work.now
    tend(registry.engine, registry.trail, now)
    with registry.reading(SYSTEM) as work:
        return len(work.connection.execute(select(trail_checkpoint.c.size)).all())


def test_the_trail_and_its_checkpoints_hold_over_every_jump(town: Town) -> None:
    registry = town.registry
    registry = replace(registry, settings=replace(registry.settings, today=None))
    signed = iter([("mother", AGREEMENT, None), ("mother", C, "child"), ("father", AGREEMENT, None)])
    sizes = [published(registry)]
    for by in (-HOUR, DAY, timedelta(0)):
        with jumped(by):
            town.sittings.clear()
            town.give(*next(signed))
            sizes.append(published(registry))
    assert sizes == sorted(set(sizes))
    report = verify(registry.engine, registry.vault, registry.trail, present_states())
    assert [one.sentence for one in report.findings] == []


def test_a_silent_hour_is_noted_once_when_the_clock_goes_back_and_forth(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        add_user(work, NewUser("clerk", "Секретарь", "no password"))
    first = published(registry)
    with jumped(DAY):
        assert published(registry) == first + 1  # the leaf that says that there was no news
    with jumped(-HOUR):
        assert published(registry) == first + 1
    report = verify(registry.engine, registry.vault, registry.trail, {})
    assert [one.sentence for one in report.findings] == []


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the test's own job was asked for, each time."""
    said: list[str] = []
    monkeypatch.setattr(names, "_jobs", {})

    @names.job("test.note")
    def note(_work: Work, what: str) -> None:
        said.append(what)

    return said


def test_a_promise_far_ahead_is_kept_at_its_time_whatever_the_clock_did_before(
    registry: Registry, kept: list[str]
) -> None:
    with registry.work(SYSTEM) as work:
        work.later("test.note", due=work.now + 30 * DAY, what="in a month")
        work.later("test.note", what="now")
    for by in (-HOUR, DAY, 29 * DAY):
        with jumped(by):
            keep_due_promises(registry)
    assert kept == ["now"]
    for by in (31 * DAY, -HOUR, 32 * DAY, 400 * DAY):
        with jumped(by):
            keep_due_promises(registry)
    assert kept == ["now", "in a month"]
    with registry.reading(SYSTEM) as work:
        open_ones = select(promises.c.id).where(promises.c.done_at.is_(None))
        assert work.connection.execute(open_ones).all() == []


def test_a_deadline_that_the_clock_jumps_over_again_and_again_passes_once(registry: Registry) -> None:
    registry = replace(registry, settings=replace(registry.settings, today=None))
    publish_tiny(registry)
    with registry.work(ROBOT) as work:
        term = work.today + timedelta(days=40)
        case = usecases.start(work, "tiny", thing(), SCHOOL, dates={"term": term})

    def history(by: timedelta) -> list[Happening]:
        with jumped(by):
            clock.follow_clock(registry)
            with registry.reading(ROBOT) as work:
                return [line.kind for line in usecases.look(work, case.id).history[1:]]

    assert history(-HOUR) == []
    first = history(39 * DAY)
    assert history(-HOUR) == history(39 * DAY) == history(38 * DAY) == first
    passed = history(45 * DAY)
    assert len(passed) > len(first)
    assert history(-HOUR) == history(45 * DAY) == history(44 * DAY) == passed


def test_an_act_after_a_jump_back_is_the_latest_act_all_the_same(town: Town) -> None:
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    with jumped(-HOUR):
        town.sittings.clear()
        town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)
    assert town.state("child").value == "withdrawn"
