"""What was lost on the way is rung for again, by one who leads, after pauses that fit the job."""

import dataclasses
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.app import load_names
from registry.jobs.leadership import LENGTH, NAME, Leadership
from registry.jobs.names import about, known_names
from registry.jobs.retries import JITTER, USUAL, Retries
from registry.jobs.sweep import STALE, Look, sweep
from registry.jobs.worker import keep_due_promises
from registry.letters.rules import MOST_ATTEMPTS
from registry.storage import leases
from registry.storage.doorbell import NoDoorbell
from registry.storage.outbox import Lane
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.jobs.answering import answer_all, hurry, queue_of, row_of
from tests.jobs.noting import REFUSE, promise, times_noted
from tests.redis_servers import RedisServer


def lose_bells(redis: RedisServer) -> None:
    with redis.client() as client:
        client.flushall()


def test_a_lost_bell_is_rung_again_once_the_promise_is_stale(registry: Registry, redis: RedisServer):
    promised, thing = promise(registry)
    lose_bells(redis)
    sweep(registry)
    assert registry.doorbell.hanging(Lane.ORDINARY) == set()
    hurry(registry, STALE.total_seconds() + 1)
    sweep(registry)
    assert registry.doorbell.hanging(Lane.ORDINARY) == {promised}
    answer_all(registry)
    assert times_noted(registry, thing) == [1]


def test_a_bell_that_hangs_is_not_rung_again(registry: Registry):
    promise(registry)
    hurry(registry, STALE.total_seconds() + 1)
    for _ in range(3):
        sweep(registry)
    assert queue_of(registry).count == 1


def test_a_promise_that_became_due_by_time_is_rung_for_within_seconds(registry: Registry, redis: RedisServer):
    with registry.work(SYSTEM) as work:
        promised = work.later(REFUSE, due=work.now + timedelta(seconds=1), thing=str(work.new_id()))
    look = Look()
    look(registry)
    assert registry.doorbell.hanging(Lane.ORDINARY) == set()
    time.sleep(2.1)
    look(registry)
    assert registry.doorbell.hanging(Lane.ORDINARY) == {promised}
    lose_bells(redis)
    look(registry)
    assert registry.doorbell.hanging(Lane.ORDINARY) == set(), "an older loss is the sweep's"


def test_the_sweep_keeps_promises_by_itself_while_redis_takes_no_bells(
    registry: Registry, redis: RedisServer
):
    promised, thing = promise(registry)
    with redis.client() as client:
        client.flushall()
        client.set(queue_of(registry).key, "no list at all")
    hurry(registry, STALE.total_seconds() + 1)
    sweep(registry)
    assert times_noted(registry, thing) == [1]
    assert row_of(registry, promised).done_at is not None


def test_without_redis_there_is_nothing_to_sweep_and_the_outbox_is_kept(registry: Registry):
    settings = dataclasses.replace(registry.settings, redis_url=None)
    alone = dataclasses.replace(registry, settings=settings, doorbell=NoDoorbell())
    promised, thing = promise(alone)
    hurry(alone, STALE.total_seconds() + 1)
    sweep(alone)
    assert times_noted(alone, thing) == [0]
    assert keep_due_promises(alone) == 1
    assert row_of(alone, promised).done_at is not None


def test_a_promise_is_given_up_after_its_last_try_and_shown_with_its_reason(registry: Registry):
    promised, _ = promise(registry, REFUSE)
    for _ in range(3):
        hurry(registry)
        keep_due_promises(registry)
    row = row_of(registry, promised)
    assert (row.attempts, row.due_at, row.last_error) == (3, None, "UnavailableError not-now")
    assert row.failed_at is not None


@given(tries=st.integers(1, 200), longest=st.integers(1, 100_000))
def test_a_pause_differs_by_chance_and_never_by_more_than_a_fifth(tries: int, longest: int):
    retries = Retries(tries + 1, timedelta(seconds=longest))
    pause, usual = retries.pause_after(tries), retries.usual_pause(tries)
    assert pause is not None
    assert usual * (1 - JITTER) <= pause <= usual * (1 + JITTER)
    assert usual <= retries.longest
    assert retries.pause_after(tries + 1) is None


def test_what_failed_together_is_not_tried_together():
    assert len({USUAL.pause_after(10) for _ in range(20)}) > 10


def test_a_letter_is_tried_for_four_hours_and_fails_before_its_promise():
    load_names()
    retries = about("letters.deliver").retries
    assert MOST_ATTEMPTS == 48
    assert retries.tries > MOST_ATTEMPTS
    span = Retries(MOST_ATTEMPTS, retries.longest).span
    assert timedelta(hours=3, minutes=45) < span < timedelta(hours=4, minutes=15)


@pytest.mark.parametrize("name", ["submissions.hand_over", "submissions.ask"])
def test_a_message_to_the_platform_is_tried_for_three_days(name: str):
    load_names()
    assert timedelta(hours=72) <= about(name).retries.span < timedelta(hours=73)


def test_every_job_says_in_words_what_it_does():
    load_names()
    own = {
        name
        for name in known_names()
        if name.partition(".")[0] not in {"noting", "tiny", "probe", "dues", "errands"}
    }
    assert own
    assert not [name for name in own if not about(name).title]


class Candidate:
    """A process that may lead."""

    def __init__(self, registry: Registry) -> None:
        self.stop = threading.Event()
        self.leadership = Leadership(registry, self.stop)
        self.leadership.start()

    def end(self) -> None:
        self.stop.set()
        self.leadership.join()

    def leads_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.leadership.leads() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.leadership.leads()


def test_one_process_leads_and_another_takes_over_when_it_ends(registry: Registry):
    with ExitStack() as ending:
        first = Candidate(registry)
        ending.callback(first.end)
        assert first.leads_within(10)
        second = Candidate(registry)
        ending.callback(second.end)
        assert not second.leads_within(1)
        first.end()
        assert not first.leadership.leads()
        assert second.leads_within(10)


def test_a_lease_whose_holder_died_is_taken_when_it_is_over(registry: Registry):
    with registry.work(SYSTEM) as work:
        dead, heir, later = work.new_id(), work.new_id(), work.now + LENGTH
        assert leases.take(work.connection, NAME, dead, work.now, LENGTH)
        assert leases.take(work.connection, NAME, dead, work.now, LENGTH)
        assert not leases.take(work.connection, NAME, heir, work.now, LENGTH)
        assert leases.take(work.connection, NAME, heir, later + timedelta(seconds=1), LENGTH)
        assert not leases.take(work.connection, NAME, dead, later, LENGTH)
