"""How long a promise waits for a worker that died, and how one is kept for a worker that lives."""

from datetime import timedelta

from registry.app import load_names
from registry.jobs.leases import in_hand, renew_leases
from registry.jobs.names import ticks
from registry.storage import outbox
from registry.storage.outbox import LEASE, Failure, Promise, promises
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.clocks import Later


def claimed(registry: Registry) -> list[Promise]:
    with registry.work(SYSTEM) as work:
        return outbox.claim(work.connection, work.now, 10)


def one_in_hand(registry: Registry) -> list[Promise]:
    with registry.work(SYSTEM) as work:
        work.later("people.forget_files", files=[])
    return claimed(registry)


def test_a_promise_of_a_living_worker_is_given_to_nobody_else(registry: Registry):
    mine, clock = one_in_hand(registry), Later()
    with clock.ticking(), in_hand(mine):
        for _ in range(5):
            clock.waited += LEASE * 0.9
            renew_leases(registry)
            assert claimed(registry) == []
    clock.waited += LEASE
    with clock.ticking():
        renew_leases(registry)
        assert [one.id for one in claimed(registry)] == [mine[0].id]


def test_a_promise_of_a_dead_worker_comes_up_within_half_a_minute(registry: Registry):
    mine = one_in_hand(registry)
    assert claimed(registry) == []
    with Later(timedelta(seconds=30)).ticking():
        assert [(one.id, one.attempts) for one in claimed(registry)] == [(mine[0].id, 2)]


def test_every_worker_renews_its_leases_well_before_they_end():
    load_names()
    renewing = next(one for one in ticks() if one.run is renew_leases)
    assert renewing.every <= LEASE / 3


def test_what_another_worker_kept_is_not_opened_again_by_one_that_comes_late(registry: Registry):
    (mine,) = one_in_hand(registry)
    with registry.work(SYSTEM) as work:
        outbox.settle(work.connection, mine.id, work.now)
    with registry.work(SYSTEM) as work:
        late = Failure("UnavailableError not-sent", timedelta(seconds=2))
        outbox.postpone(work.connection, mine.id, work.now, late)
    with registry.reading(SYSTEM) as work:
        row = work.connection.execute(promises.select()).one()
    assert (row.due_at, row.failed_at, row.last_error) == (None, None, None)
    assert row.done_at is not None
