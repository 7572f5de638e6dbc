"""The sweep: whatever is due, was not taken by anybody and is not rung for, is rung for again.

Bells get lost: Redis was emptied or down, a process died between its commit and the ring, a worker died
between hearing and taking. A promise also becomes due by time alone, after a pause. A look every second rings
for what became due just before; a thorough one every 15 seconds for everything older, however it was lost.
While no bell can be rung, the sweep keeps promises by itself: a Redis that takes no bells holds nothing up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.jobs.names import tick
from registry.jobs.worker import WORKER, keep_due_promises
from registry.storage import outbox_view
from registry.storage.outbox import Lane
from registry.work import Registry

GRACE = timedelta(seconds=1)
"""So long a bell may be under way."""
STALE = timedelta(seconds=30)
MOST = 1_000
"""Of a lane at a time: the others come when these were heard."""


@dataclass(slots=True)
class Look:
    """A look at what became due since the look before."""

    since: datetime | None = None

    def __call__(self, registry: Registry) -> None:
        """Ring for what nobody took within the grace."""
        until = registry.now() - GRACE
        ring_untaken(registry, self.since or until - STALE, until)
        self.since = until


tick("jobs.ring", timedelta(seconds=1))(Look())


@tick("jobs.sweep", timedelta(seconds=15))
def sweep(registry: Registry) -> None:
    """Ring for everything that has been due for half a minute; without a bell keep it here and now."""
    while not ring_untaken(registry, None, registry.now() - STALE) and keep_due_promises(registry):
        pass


def ring_untaken(registry: Registry, since: datetime | None, until: datetime) -> bool:
    """Ring for promises due in (since, until] that nobody took; false when one could not be rung for."""
    if registry.settings.redis_url is None:
        return True
    rung = [_ring_in(registry, lane, since, until) for lane in Lane]
    return all(rung)


def _ring_in(registry: Registry, lane: Lane, since: datetime | None, until: datetime) -> bool:
    with registry.reading(WORKER) as work:
        lost = outbox_view.untaken(work.connection, lane, since, until, MOST)
    if not lost:
        return True
    hanging = registry.doorbell.hanging(lane)
    if hanging is None:
        return False
    unheard = [one for one in lost if one not in hanging]
    return not unheard or registry.doorbell.ring(lane, unheard)
