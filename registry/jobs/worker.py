"""The worker: keeps promises from the outbox, whoever told it of them."""

import logging
import threading
from datetime import datetime, timedelta
from uuid import UUID

from registry.errors import ForbiddenError, UnavailableError
from registry.jobs.clocks import Clocks
from registry.jobs.leases import in_hand
from registry.jobs.names import about, find_errand, find_job
from registry.storage import outbox
from registry.storage.failpoints import reach
from registry.storage.outbox import Failure, Promise
from registry.trail.entries import Actor
from registry.work import Registry

BATCH = 10
"""Few at a time: what somebody waits for overtakes the rest between two batches."""
IDLE = 0.1
WORKER = Actor(kind="system", id=None, role="worker", auth="process", school=None)

log = logging.getLogger(__name__)


class Worker:
    """The worker of an installation without a doorbell: a thread that keeps promises and a thread a tick."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called; what goes wrong in one job is noted and never ends the worker."""
        clocks = Clocks(self._registry, self._stop, leads=lambda: True)
        clocks.start()
        while not self._stop.is_set():
            keep_some(self._registry, self._stop)
        clocks.join()

    def stop(self) -> None:
        """Ask the worker to end after the job under way."""
        self._stop.set()


def keep_some(registry: Registry, stop: threading.Event) -> None:
    """Keep a batch of due promises, or wait a little when there are none; never raises."""
    try:
        if not keep_due_promises(registry):
            stop.wait(IDLE)
    except Exception:
        log.exception("worker-pass-failed")
        stop.wait(1)


def keep_due_promises(registry: Registry) -> int:
    """Claim one batch of due promises and keep each in its own transaction; give their number."""
    with registry.work(WORKER) as work:
        due = outbox.claim(work.connection, work.now, BATCH)
    reach("worker.claimed")
    with in_hand(due):
        for one in due:
            _keep(registry, one)
    return len(due)


def keep_promise(registry: Registry, promise_id: UUID) -> bool:
    """Claim one promise by its id and keep it; false when it was not due: it may be rung for twice."""
    with registry.work(WORKER) as work:
        taken = outbox.take(work.connection, promise_id, work.now)
    if taken is None:
        return False
    _keep(registry, taken)
    return True


def _keep(registry: Registry, kept: Promise) -> None:
    try:
        with in_hand([kept]):
            _run(registry, kept)
    except Exception as error:
        log.exception("promise-failed", extra={"promise": str(kept.id), "job": kept.job})
        reach("worker.before-postpone")
        failure = Failure(
            f"{type(error).__name__} {getattr(error, 'slug', '')}".strip(), _pause_after(kept, error)
        )
        with registry.work(WORKER) as work:
            outbox.postpone(work.connection, kept.id, work.now, failure)


def _pause_after(kept: Promise, error: Exception) -> timedelta | None:
    """Give the pause until the next try, not shorter than whoever could not do it now asked for; or none."""
    if isinstance(error, ForbiddenError):
        # Who ordered it may do so no longer: trying again changes nothing, and somebody has to see it.
        return None
    pause = about(kept.job).retries.pause_after(kept.attempts)
    if pause is None or not isinstance(error, UnavailableError):
        return pause
    return max(pause, error.wait)


def _run(registry: Registry, kept: Promise) -> None:
    effect = find_job(kept.job)
    if effect is not None:
        with registry.work(WORKER, cause=str(kept.id)) as work:
            if outbox.begin(work.connection, kept.id):
                effect(work, **kept.arguments)
                reach("worker.effect-before-settle")
                outbox.settle(work.connection, kept.id, work.now)
        return
    errand = find_errand(kept.job)
    if errand is None:
        message = f"no room owns the job {kept.job}"
        raise LookupError(message)
    conclude = errand(registry, **kept.arguments)
    reach("worker.before-conclusion")
    with registry.work(WORKER, cause=str(kept.id)) as work:
        if conclude is not None:
            conclude(work)
        reach("worker.conclusion-before-settle")
        outbox.settle(work.connection, kept.id, work.now)


def drain(registry: Registry, until: timedelta, started: datetime) -> None:
    """Keep promises until none is due, for commands and tests; ends at the latest after `until`."""
    while keep_due_promises(registry) and registry.now() - started < until:
        pass
