"""The trail's own work by the clock: waiting entries are numbered, and a checkpoint is signed over them."""

from datetime import timedelta

from registry.jobs.names import tick
from registry.trail.publisher import tend
from registry.work import Registry

EVERY = timedelta(milliseconds=200)


@tick("trail.tend", EVERY)
def tend_trail(registry: Registry) -> None:
    """Bring waiting entries into the tree and publish a checkpoint when there is news."""
    tend(registry.engine, registry.trail, registry.now())
