"""Answering bells in the tests' own process, and looking at promises."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from registry.jobs.bells import BellQueue, BellWorker
from registry.jobs.worker import keep_promise
from registry.storage.outbox import Lane, promises
from registry.storage.redis_doorbell import connect, queue_name
from registry.work import Registry


def queue_of(registry: Registry, lane: Lane = Lane.ORDINARY) -> BellQueue:
    connection = connect(str(registry.settings.redis_url), 5)
    return BellQueue(queue_name(registry.trail.installation, lane), connection=connection, serializer="json")


@contextmanager
def kept_handlers() -> Iterator[None]:
    """Give the signals back to the tests: RQ's worker takes them and does not."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    handlers = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def answer_all(registry: Registry, lane: Lane = Lane.ORDINARY) -> None:
    """Answer the bells that hang now, with the worker that processes run."""
    worker = BellWorker(queue_of(registry, lane), partial(keep_promise, registry), threading.Event())
    with kept_handlers():
        worker.work(burst=True, logging_level="ERROR")


def row_of(registry: Registry, promise_id: UUID) -> Row[Any]:
    with registry.engine.connect() as connection:
        return connection.execute(select(promises).where(promises.c.id == promise_id)).one()


def hurry(registry: Registry, seconds: float = 0) -> None:
    """Make every open promise due so many seconds ago, as if its lease or its pause were over."""
    with registry.engine.begin() as connection:
        ago = registry.now() - timedelta(seconds=seconds)
        connection.execute(update(promises).where(promises.c.due_at.is_not(None)).values(due_at=ago))
