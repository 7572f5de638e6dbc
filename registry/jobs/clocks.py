"""What goes by the clock: each tick in a thread of its own, for as long as this process is to see to it."""

import logging
import threading
from collections.abc import Callable

from registry.jobs.names import Tick, ticks
from registry.work import Registry

log = logging.getLogger(__name__)


class Clocks:
    """The threads of all ticks; a tick that goes wrong is noted and comes again."""

    def __init__(self, registry: Registry, stop: threading.Event, leads: Callable[[], bool]) -> None:
        """Make them.

        Args:
            registry: that they work on.
            stop: ends them.
            leads: says before each round whether it is this process's turn.
        """
        self._registry = registry
        self._stop = stop
        self._leads = leads
        self._threads = [threading.Thread(target=self._follow, args=(one,), name=one.name) for one in ticks()]

    def start(self) -> None:
        """Let them go."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait for the rounds under way, after `stop` was set."""
        for thread in self._threads:
            thread.join()

    def _follow(self, one: Tick) -> None:
        while not self._stop.is_set():
            try:
                if self._leads():
                    one.run(self._registry)
            except Exception:
                log.exception("tick-failed", extra={"tick": one.name})
            self._stop.wait(one.every.total_seconds())
