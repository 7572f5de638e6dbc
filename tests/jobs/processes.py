"""Worker processes of an installation, and what is asked of them when Redis loses everything."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import func, select

from registry.storage.outbox import promises
from registry.work import Registry
from tests.guards.source import ROOT
from tests.jobs.noting import promise
from tests.redis_servers import RedisServer

PATIENCE_S = 60


@contextmanager
def running(
    registry: Registry, *words: str, module: str = "tests.jobs.noting"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process on the same installation, with the tests' own jobs, until the block ends."""
    settings = registry.settings
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_REDIS_URL": str(settings.redis_url),
        "REGISTRY_SMTP_PORT": str(settings.smtp_port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words], cwd=ROOT, env=environ, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(true: Callable[[], object], seconds: float = PATIENCE_S) -> float:
    """Wait, and give the seconds that it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "it did not come to that in time"
        time.sleep(0.05)
    return time.monotonic() - begun


def open_promises(registry: Registry) -> int:
    with registry.engine.connect() as connection:
        waiting = select(func.count()).select_from(promises).where(promises.c.done_at.is_(None))
        return connection.scalar(waiting) or 0


def lose_redis(registry: Registry, redis: RedisServer, many: int) -> tuple[float, list[UUID]]:
    """Promise so much, empty Redis, start workers, kill Redis, start it empty.

    Gives the seconds from the first loss until all was kept, and the things that were to be noted.
    """
    things = [promise(registry)[1] for _ in range(many)]
    begun = time.monotonic()
    with redis.client() as client:
        client.flushall()
    with running(registry, "work"):
        wait_until(lambda: open_promises(registry) < many, 120)
        redis.kill()
        redis.start()
        wait_until(lambda: not open_promises(registry), 180)
    return time.monotonic() - begun, things
