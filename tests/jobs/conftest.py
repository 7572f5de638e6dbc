"""A registry with a doorbell: on either database, and with a Redis of its own."""

import dataclasses
from collections.abc import Iterator

import pytest

from registry.config import Settings
from tests.redis_servers import RedisServer, running_redis


@pytest.fixture(scope="session")
def redis_of_the_run() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis(redis_of_the_run: RedisServer) -> Iterator[RedisServer]:
    """An empty server; one that a test killed is started again."""
    yield redis_of_the_run
    redis_of_the_run.kill()
    redis_of_the_run.start()


@pytest.fixture
def registry_settings(registry_settings: Settings, redis: RedisServer) -> Settings:
    return dataclasses.replace(registry_settings, redis_url=redis.url)
