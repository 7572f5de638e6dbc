"""The story told once on each database, in folders whose every byte can be looked at."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canary.using import use
from tests.canary.world import World
from tests.redis_servers import RedisServer
from tests.servers import DURABLE, end, make_cluster, start


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation in which a class went the whole way."""
    folder = tmp_path_factory.mktemp("canary")
    # Under its own name: a server that runs as somebody else must be able to enter it.
    (redis_folder := folder / "redis").mkdir()
    redis = RedisServer(redis_folder)
    redis.start()
    try:
        if request.param == "sqlite":
            made = World(folder, f"sqlite:///{folder}/home/registry.sqlite3", [], redis)
            made.play()
            use(made)
            yield made
        else:
            yield from _on_postgresql(folder, redis)
    finally:
        redis.kill()


def _on_postgresql(folder: Path, redis: RedisServer) -> Iterator[World]:
    # Not below pytest's own folder, which every other run closes to the server's user: a server that cannot
    # reach its files any more panics at the next checkpoint.
    cluster = Path(tempfile.mkdtemp(prefix="registry-canary-"))
    try:
        make_cluster(cluster, "canary-password")
        process, server = start(cluster / "data", "canary-password", DURABLE | {"wal_recycle": "off"})
        try:
            server.execute("CREATE DATABASE canary")
            made = World(folder, server.url("canary"), [cluster / "data"], redis)
            made.play()
            use(made)
            yield made
        finally:
            end(process)
    finally:
        shutil.rmtree(cluster, ignore_errors=True)
