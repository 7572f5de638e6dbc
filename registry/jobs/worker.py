"""The worker: keeps promises from the outbox, and runs what goes by the clock."""

import logging
import threading
from datetime import datetime, timedelta

from registry.errors import UnavailableError
from registry.jobs.names import Tick, find_errand, find_job, ticks
from registry.storage import outbox
from registry.storage.outbox import Promise
from registry.trail.entries import Actor
from registry.work import Registry

BATCH = 10
"""Few at a time: what somebody waits for overtakes the rest between two batches."""
IDLE = 0.1
WORKER = Actor(kind="system", id=None, role="worker", auth="process", school=None)

log = logging.getLogger(__name__)


class Worker:
    """One worker process: a thread that keeps promises and a thread a tick."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called; what goes wrong in one job is noted and never ends the worker."""
        clocks = [threading.Thread(target=self._follow, args=(one,), name=one.name) for one in ticks()]
        for clock in clocks:
            clock.start()
        while not self._stop.is_set():
            if not self._keep_some():
                self._stop.wait(IDLE)
        for clock in clocks:
            clock.join()

    def stop(self) -> None:
        """Ask the worker to end after the job under way."""
        self._stop.set()

    def _follow(self, one: Tick) -> None:
        while not self._stop.is_set():
            try:
                one.run(self._registry)
            except Exception:
                log.exception("tick-failed", extra={"tick": one.name})
            self._stop.wait(one.every.total_seconds())

    def _keep_some(self) -> bool:
        try:
            return keep_due_promises(self._registry) > 0
        except Exception:
            log.exception("worker-pass-failed")
            self._stop.wait(1)
            return False


def keep_due_promises(registry: Registry) -> int:
    """Claim one batch of due promises and keep each in its own transaction; give their number."""
    with registry.work(WORKER) as work:
        due = outbox.claim(work.connection, work.now, BATCH)
    for one in due:
        _keep(registry, one)
    return len(due)


def _keep(registry: Registry, kept: Promise) -> None:
    try:
        _run(registry, kept)
    except Exception as error:
        log.exception("promise-failed", extra={"promise": str(kept.id), "job": kept.job})
        with registry.work(WORKER) as work:
            said = f"{type(error).__name__} {getattr(error, 'slug', '')}"
            wait = error.wait if isinstance(error, UnavailableError) else timedelta(0)
            outbox.postpone(work.connection, kept, work.now, said, wait)


def _run(registry: Registry, kept: Promise) -> None:
    effect = find_job(kept.job)
    if effect is not None:
        with registry.work(WORKER, cause=str(kept.id)) as work:
            if outbox.begin(work.connection, kept.id):
                effect(work, **kept.arguments)
                outbox.settle(work.connection, kept.id, work.now)
        return
    errand = find_errand(kept.job)
    if errand is None:
        message = f"no room owns the job {kept.job}"
        raise LookupError(message)
    conclude = errand(registry, **kept.arguments)
    with registry.work(WORKER, cause=str(kept.id)) as work:
        if conclude is not None:
            conclude(work)
        outbox.settle(work.connection, kept.id, work.now)


def drain(registry: Registry, until: timedelta, started: datetime) -> None:
    """Keep promises until none is due, for commands and tests; ends at the latest after `until`."""
    while keep_due_promises(registry) and registry.now() - started < until:
        pass
