"""The figures of jobs: what a bell costs, what is lost with Redis is made up for, and letters in time."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import letters
from benchmarks.figure import Figure
from registry.config import load_settings
from registry.jobs.worker import keep_due_promises
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.trail.keys import TrailKeys
from registry.work import Registry
from tests.jobs.answering import answer_all
from tests.jobs.noting import promise, times_noted
from tests.jobs.processes import lose_redis
from tests.redis_servers import RedisServer, running_redis
from tests.servers import free_port, running_postgres

MANY = 500
WITHIN_S = 120
BATCH = 100
ROUNDS = 4


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        redis = stack.enter_context(running_redis())
        server = stack.enter_context(running_postgres())
        server.execute("CREATE DATABASE bench")
        urls = {"sqlite": f"sqlite:///{home / 'bench.sqlite3'}", "postgresql": server.url("bench")}
        for name, url in urls.items():
            registry = _registry(home / name, url, redis)
            yield _bell_figure(name, registry)
            yield _loss_figure(name, registry, redis)
            yield letters.figure(name, registry)
            registry.engine.dispose()


def _registry(home: Path, url: str, redis: RedisServer) -> Registry:
    environ = {
        "REGISTRY_HOME": str(home),
        "REGISTRY_DATABASE_URL": url,
        "REGISTRY_REDIS_URL": redis.url,
        "REGISTRY_SMTP_PORT": str(free_port()),
    }
    settings = load_settings(environ)
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    registry = Registry.open(settings)
    upgrade(registry.engine)
    return registry


def _bell_figure(name: str, registry: Registry) -> Figure:
    """Keep batches of promises over bells and from the outbox in turns, so that noise falls on both."""
    bells, outbox = [], []
    for _ in range(ROUNDS):
        bells.append(_timed(registry, lambda: answer_all(registry)))
        outbox.append(_timed(registry, lambda: _from_outbox(registry)))
    over, beside = min(bells) / BATCH * 1e3, min(outbox) / BATCH * 1e3
    floor = f"from the outbox {beside:.2f} ms, over a bell {over:.2f} ms, one process"
    return Figure("jobs", f"one promise over a bell, {name}", over / beside, "times outbox", floor=floor)


def _timed(registry: Registry, keep: Callable[[], None]) -> float:
    for _ in range(BATCH):
        promise(registry)
    begun = time.perf_counter()
    keep()
    return time.perf_counter() - begun


def _from_outbox(registry: Registry) -> None:
    while keep_due_promises(registry):
        pass


def _loss_figure(name: str, registry: Registry, redis: RedisServer) -> Figure:
    took, things = lose_redis(registry, redis, MANY)
    wrong = sum(times != 1 for times in times_noted(registry, *things))
    assert not wrong, f"{wrong} of {MANY} were lost or doubled"
    text = f"{MANY} promises after FLUSHALL and an empty restart, {name}"
    return Figure(
        "jobs", text, took, "s", WITHIN_S, floor=f"all {MANY} once; two workers, started in that time"
    )
