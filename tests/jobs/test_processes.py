"""Real worker processes: killed in the middle, without their Redis, without their supervisor."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.jobs.sweep import STALE, sweep
from registry.work import Registry
from tests.guards.source import ROOT
from tests.jobs.answering import hurry, row_of
from tests.jobs.noting import NOTE, promise, times_noted
from tests.jobs.processes import lose_redis, open_promises, running, wait_until
from tests.redis_servers import RedisServer


@pytest.mark.parametrize("many", [60, pytest.param(500, marks=pytest.mark.deep)])
def test_what_redis_lost_is_done_in_two_minutes_and_once(registry: Registry, redis: RedisServer, many: int):
    took, things = lose_redis(registry, redis, many)
    assert took < 120
    assert times_noted(registry, *things) == [1] * many


def children(process: subprocess.Popen[bytes]) -> list[int]:
    said = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(word) for file in said for word in file.read_text().split()]


def test_a_worker_killed_in_the_middle_of_a_job_leaves_one_effect(registry: Registry, tmp_path: Path):
    under_way = tmp_path / "under-way"
    promised, thing = promise(registry, NOTE, pause_at=str(under_way))
    with running(registry, "work", "--queue", "ordinary") as worker:
        wait_until(under_way.exists)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert times_noted(registry, thing) == [0]
    assert row_of(registry, promised).attempts == 1
    hurry(registry, STALE.total_seconds() + 1)  # as if the lease were over
    sweep(registry)
    with running(registry, "work", "--queue", "ordinary"):
        wait_until(lambda: row_of(registry, promised).done_at)
        _, after = promise(registry)
        wait_until(lambda: not open_promises(registry))
    assert times_noted(registry, thing, after) == [1, 1]
    assert row_of(registry, promised).attempts == 2


def test_a_worker_whose_redis_is_gone_keeps_promises_and_answers_bells_again_later(
    registry: Registry, redis: RedisServer
):
    with running(registry, "work", "--queue", "ordinary") as worker:
        first, _ = promise(registry)
        wait_until(lambda: row_of(registry, first).done_at)
        redis.kill()
        second, thing = promise(registry)
        assert wait_until(lambda: row_of(registry, second).done_at) < 10
        redis.start()
        with redis.client() as client:
            wait_until(lambda: client.smembers("rq:workers"))
        time.sleep(1)
        third, _ = promise(registry)
        assert wait_until(lambda: row_of(registry, third).done_at) < 3
        assert worker.poll() is None
    assert times_noted(registry, thing) == [1]
    assert worker.returncode == 0


def test_a_supervisor_starts_what_was_killed_and_takes_everything_along_when_it_is_killed(registry: Registry):
    with running(registry, "work", module="registry") as supervisor:
        wait_until(lambda: len(children(supervisor)) == 2)
        killed = children(supervisor)[0]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: len(children(supervisor)) == 2 and killed not in children(supervisor))
        left = children(supervisor)
        supervisor.kill()
        supervisor.wait()
        wait_until(lambda: not any(Path(f"/proc/{one}").exists() for one in left))


def test_a_queue_is_chosen_only_where_there_is_a_redis(registry: Registry):
    said = subprocess.run(
        [sys.executable, "-m", "registry", "work", "--queue", "ordinary"],
        cwd=ROOT,
        env={
            **os.environ,
            "REGISTRY_HOME": str(registry.settings.home),
            "REGISTRY_DATABASE_URL": registry.settings.database_url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "REGISTRY_REDIS_URL" in said.stderr
