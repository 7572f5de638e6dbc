"""Leases of the promises that this process has in hand: renewed while it lives, free soon after it died."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from registry.jobs.names import tick
from registry.storage import outbox
from registry.storage.outbox import LEASE, Promise
from registry.trail.entries import SYSTEM
from registry.work import Registry

_in_hand: set[UUID] = set()
_lock = threading.Lock()


@contextmanager
def in_hand(claimed: Iterable[Promise]) -> Iterator[None]:
    """Keep the leases of claimed promises alive inside the block."""
    ids = {one.id for one in claimed}
    with _lock:
        _in_hand.update(ids)
    try:
        yield
    finally:
        # Waits for a renewal under way, so that none comes after the promise was settled or put off.
        with _lock:
            _in_hand.difference_update(ids)


@tick("jobs.leases", LEASE / 3)
def renew_leases(registry: Registry) -> None:
    """Renew what this process has in hand; a promise whose worker died comes up again within one lease."""
    with _lock:
        if _in_hand:
            with registry.work(SYSTEM) as work:
                outbox.renew(work.connection, _in_hand, work.now)
