"""Who sees to the clock: one process of an installation, on whichever machine, as long as it lives.

Ticks bear being run by two processes at once; one leader saves the others the work.
"""

import logging
import threading
import time
from datetime import timedelta
from uuid import UUID, uuid4

from registry.jobs.worker import WORKER
from registry.storage import leases
from registry.work import Registry

NAME = "clock"
LENGTH = timedelta(seconds=15)
"""So long the clock stands after its leader died without a word."""
RENEWED_EVERY_S = 5.0
MARGIN_S = 2.0

log = logging.getLogger(__name__)


class Leadership:
    """One process's part in who leads: a thread asks for the lease and renews it."""

    def __init__(self, registry: Registry, stop: threading.Event) -> None:
        self._registry = registry
        self._stop = stop
        self._me: UUID = uuid4()
        self._until = 0.0
        self._thread = threading.Thread(target=self._stand, name="leadership")

    def leads(self) -> bool:
        """Say whether this process leads now."""
        return time.monotonic() < self._until

    def start(self) -> None:
        """Ask for the lease from now on."""
        self._thread.start()

    def join(self) -> None:
        """Give the lease back, after `stop` was set and the ticks have ended."""
        self._thread.join()
        self._until = 0.0
        try:
            with self._registry.work(WORKER) as work:
                leases.give_back(work.connection, NAME, self._me)
        except Exception:
            log.exception("lease-not-given-back")

    def _stand(self) -> None:
        while not self._stop.is_set():
            asked = time.monotonic()
            try:
                with self._registry.work(WORKER) as work:
                    taken = leases.take(work.connection, NAME, self._me, work.now, LENGTH)
                self._until = asked + LENGTH.total_seconds() - MARGIN_S if taken else 0.0
            except Exception:
                log.exception("lease-not-renewed")
            self._stop.wait(RENEWED_EVERY_S)
