"""The trail's own work by the clock: waiting entries are numbered, and checkpoints are signed over them."""

from datetime import timedelta

from registry.jobs.names import tick
from registry.trail.publisher import publish_once
from registry.trail.sequencer import integrate_all
from registry.work import Registry


@tick("trail.number", timedelta(milliseconds=200))
def number_entries(registry: Registry) -> None:
    """Bring waiting entries into the tree."""
    integrate_all(registry.engine)


@tick("trail.publish", timedelta(seconds=1))
def publish_checkpoint(registry: Registry) -> None:
    """Sign a checkpoint when there is news, at most one a second."""
    publish_once(registry.engine, registry.trail, registry.now())
