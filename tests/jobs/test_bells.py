"""Promises kept over RQ: the same as without it, whatever is rung for, twice, or by strangers."""

import pickle
import threading
import time
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis

from registry.jobs.bells import BellWorker
from registry.jobs.worker import keep_due_promises, keep_promise
from registry.storage import outbox
from registry.storage.outbox import Lane
from registry.storage.redis_doorbell import job_id
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.jobs.answering import answer_all, hurry, kept_handlers, queue_of, row_of
from tests.jobs.noting import NOTE, NOTE_OUTSIDE, REFUSE, promise, times_noted
from tests.redis_servers import RedisServer


@pytest.mark.parametrize("job", [NOTE, NOTE_OUTSIDE])
@pytest.mark.parametrize("keep", [answer_all, keep_due_promises], ids=["bells", "outbox"])
def test_a_promise_is_kept_over_bells_as_from_the_outbox(registry: Registry, job: str, keep):
    promised, thing = promise(registry, job)
    keep(registry)
    row = row_of(registry, promised)
    assert times_noted(registry, thing) == [1]
    assert (row.due_at, row.attempts, row.last_error) == (None, 1, None)
    assert row.done_at is not None


@pytest.mark.parametrize("keep", [answer_all, keep_due_promises], ids=["bells", "outbox"])
def test_a_failed_try_is_noted_over_bells_as_from_the_outbox(registry: Registry, keep):
    promised, thing = promise(registry, REFUSE)
    keep(registry)
    row = row_of(registry, promised)
    assert times_noted(registry, thing) == [0]
    assert (row.attempts, row.last_error, row.done_at) == (1, "UnavailableError not-now", None)
    assert row.due_at > registry.now()


def test_what_somebody_waits_for_has_a_queue_of_its_own(registry: Registry):
    with registry.work(SYSTEM) as work:
        awaited = work.at_once(NOTE, thing=str(uuid4()))
        ordinary = work.later(NOTE, thing=str(uuid4()))
    assert set(registry.doorbell.hanging(Lane.AWAITED) or ()) == {awaited}
    assert set(registry.doorbell.hanging(Lane.ORDINARY) or ()) == {ordinary}
    answer_all(registry, Lane.AWAITED)
    assert row_of(registry, awaited).done_at is not None
    assert row_of(registry, ordinary).done_at is None


def test_redis_holds_ids_and_nothing_else_of_a_promise(registry: Registry, redis: RedisServer):
    promised, thing = promise(registry)
    with redis.client() as client:
        held = b" ".join(everything(client))
    assert str(promised).encode() in held
    assert str(thing).encode() not in held
    assert NOTE.encode() not in held


def everything(client: Redis) -> list[bytes]:
    return [key + (client.dump(key) or b"") for key in client.scan_iter()]


def test_nobody_rings_for_what_was_rolled_back(registry: Registry):
    with pytest.raises(ZeroDivisionError):
        promise_and_fail(registry)
    assert registry.doorbell.hanging(Lane.ORDINARY) == set()


def promise_and_fail(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        work.later(NOTE, thing=str(uuid4()))
        raise ZeroDivisionError


def test_a_promise_rung_for_many_times_is_kept_once(registry: Registry):
    promised, thing = promise(registry)
    for _ in range(3):
        assert registry.doorbell.ring(Lane.ORDINARY, [promised])
    answer_all(registry)
    registry.doorbell.ring(Lane.ORDINARY, [promised])
    answer_all(registry)
    assert times_noted(registry, thing) == [1]
    assert row_of(registry, promised).attempts == 1


def test_a_unit_of_work_that_rings_twice_for_a_promise_ends_well(registry: Registry):
    with registry.work(SYSTEM) as work:
        promised = work.later(NOTE, thing=str(uuid4()))
        work.ring(Lane.ORDINARY, promised)
    assert registry.doorbell.hanging(Lane.ORDINARY) == {promised}


def test_two_who_answer_one_bell_at_the_same_time_keep_it_once(registry: Registry):
    promised, thing = promise(registry)
    together = threading.Barrier(4)

    def answer() -> None:
        together.wait()
        keep_promise(registry, promised)

    threads = [threading.Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert times_noted(registry, thing) == [1]
    assert row_of(registry, promised).attempts == 1


class Explosive:
    """What would make a folder if anybody unpickled it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.mkdir, (self.folder,)  # type: ignore[return-value]


def test_what_strangers_put_into_redis_is_neither_run_nor_read(
    registry: Registry, redis: RedisServer, tmp_path: Path
):
    first, noted = promise(registry)
    queue, harm = queue_of(registry), tmp_path / "harm"
    with redis.client() as client:
        pickled = pickle.dumps(Explosive(harm))
        called = f'["os.mkdir", null, ["{harm}"], {{}}]'.encode()
        hostile = {"data": called, "success_callback_name": "os.mkdir", "status": "no such", "timeout": "x"}
        client.hset(f"rq:job:{job_id(first)}", mapping=hostile)
        unknown = [job_id(uuid4()) for _ in range(3)]
        client.hset(f"rq:job:{unknown[0]}", mapping={"data": pickled, "meta": pickled})
        client.hset(f"rq:job:{unknown[1]}", mapping={"data": called})
        client.set(f"rq:job:{unknown[2]}", "no hash at all")
        client.hset("rq:job:theirs", mapping={"data": called})
        client.set("rq:suspended", 1)
        strange = [b"theirs", b"\xff\xfe", b"", b"ob-", b"a b:c", b"ob-" + b"9" * 100_000, *unknown]
        client.lpush(queue.key, *strange)
        client.rpush(queue.intermediate_queue_key, b"\xff\xfe")
        client.zadd(queue.started_job_registry.key, {b"\xff\xfe": 1})
    last, thing = promise(registry)
    answer_all(registry)
    assert not harm.exists()
    assert times_noted(registry, noted, thing) == [1, 1]
    assert all(row_of(registry, one).done_at for one in (first, last))


def test_orders_that_come_over_redis_are_not_obeyed(registry: Registry, redis: RedisServer):
    """RQ's workers end when anybody who can write to Redis says so."""
    with redis.client() as client:
        promised, _ = promise(registry)
        answer_all(registry)
        assert client.pubsub_channels() == []
    assert row_of(registry, promised).done_at is not None


def test_installations_that_share_a_server_do_not_hear_each_other(registry: Registry):
    other = type(registry.doorbell)(str(registry.settings.redis_url), "another")  # type: ignore[call-arg]
    promised, _ = promise(registry)
    assert set(other.hanging(Lane.ORDINARY) or ()) == set()
    assert set(registry.doorbell.hanging(Lane.ORDINARY) or ()) == {promised}


@pytest.mark.parametrize("how", ["dead", "silent"])
def test_a_change_is_committed_in_time_while_redis_does_not_answer(
    registry: Registry, redis: RedisServer, how: str
):
    redis.kill() if how == "dead" else redis.freeze()
    took, promised = [], []
    for _ in range(5):
        begun = time.monotonic()
        promised.append(promise(registry)[0])
        took.append(time.monotonic() - begun)
    assert max(took) < 3, took
    assert max(took[1:]) < 0.4, took
    while keep_due_promises(registry):
        pass
    assert all(row_of(registry, one).done_at for one in promised)


def test_a_worker_that_was_asked_to_end_while_it_began_ends(registry: Registry):
    stop = threading.Event()
    stop.set()
    worker = BellWorker(queue_of(registry), partial(keep_promise, registry), stop)
    begun = time.monotonic()
    with kept_handlers():
        worker.work(logging_level="ERROR")
    assert time.monotonic() - begun < 2


def test_a_promise_taken_by_a_worker_that_died_is_taken_again_after_its_lease(registry: Registry):
    promised, thing = promise(registry)
    with registry.work(SYSTEM) as work:
        assert outbox.take(work.connection, promised, work.now) is not None
    answer_all(registry)
    assert times_noted(registry, thing) == [0]
    hurry(registry)
    registry.doorbell.ring(Lane.ORDINARY, [promised])
    answer_all(registry)
    assert times_noted(registry, thing) == [1]
