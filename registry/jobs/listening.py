"""A process that answers the bells of one lane, and looks into the outbox by itself while Redis is gone."""

import logging
import signal
import threading
import time
from functools import partial

from redis.exceptions import RedisError

from registry.jobs.bells import BellQueue, BellWorker
from registry.jobs.leases import renew_leases
from registry.jobs.worker import keep_promise, keep_some
from registry.storage.outbox import LEASE, Lane
from registry.storage.redis_doorbell import connect, queue_name
from registry.work import Registry

PATIENCE_S = 1.0
WITHOUT_S = 5.0
"""So long a process looks by itself before it tries Redis again."""

log = logging.getLogger(__name__)


class Listener:
    """One process that listens to one queue."""

    def __init__(self, registry: Registry, lane: Lane) -> None:
        self._registry = registry
        self._queue = queue_name(registry.trail.installation, lane)
        self._stop = threading.Event()
        self._gone = False

    def run(self) -> None:
        """Work until the process is asked to end; without Redis promises are kept all the same."""
        renewing = threading.Thread(target=self._renew, name="leases")
        renewing.start()
        while not self._stop.is_set():
            self._listen()
            self._take_signals()
            self._look_for(WITHOUT_S)
        renewing.join()

    def stop(self) -> None:
        """Ask the process to end after the job under way."""
        self._stop.set()

    def _renew(self) -> None:
        """Keep the lease of what this process has in hand: the leader's clock is another process's."""
        while not self._stop.wait(LEASE.total_seconds() / 3):
            try:
                renew_leases(self._registry)
            except Exception:
                log.exception("leases-not-renewed")

    def _listen(self) -> None:
        try:
            connection = connect(str(self._registry.settings.redis_url), PATIENCE_S)
            queue = BellQueue(self._queue, connection=connection, serializer="json")
            worker = BellWorker(queue, partial(keep_promise, self._registry), self._stop)
            self._gone = False
            worker.work(logging_level="ERROR")
        except (RedisError, OSError) as error:
            if not self._gone:
                log.warning("doorbell-gone", extra={"queue": self._queue, "error": type(error).__name__})
            self._gone = True

    def _look_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stop.is_set() and time.monotonic() < until:
            keep_some(self._registry, self._stop)

    def _take_signals(self) -> None:
        """Take the signals back from RQ, which keeps them after it has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
