"""The trail's own work by the clock: waiting entries are numbered, and checkpoints are signed over them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from registry.errors import UnavailableError
from registry.jobs.names import tick
from registry.trail.published import HELD
from registry.trail.publisher import integrate_newest, publish_once
from registry.work import Registry

log = logging.getLogger(__name__)
_told: set[str] = set()
"""What this process has said already: a trail that is held would fill the log, five lines a second."""


@tick("trail.number", timedelta(milliseconds=200))
def number_entries(registry: Registry) -> None:
    """Bring waiting entries into the tree."""
    with _held_quietly():
        integrate_newest(registry.engine, registry.trail)


@tick("trail.publish", timedelta(seconds=1))
def publish_checkpoint(registry: Registry) -> None:
    """Sign a checkpoint when there is news, at most one a second."""
    with _held_quietly():
        publish_once(registry.engine, registry.trail, registry.now())


@contextmanager
def _held_quietly() -> Iterator[None]:
    """Say once a process that the trail is held, and try again at the next tick."""
    try:
        yield
    except UnavailableError as error:
        if error.slug != HELD:
            raise
        if HELD not in _told:
            _told.add(HELD)
            log.warning("trail-held")
