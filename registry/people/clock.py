"""What people's room does by the clock: looks that are over are forgotten."""

from datetime import timedelta
from typing import Final

from registry.jobs.names import tick
from registry.people.models.views import forget_looks
from registry.trail.entries import SYSTEM
from registry.work import Registry

EVERY: Final = timedelta(hours=1)


@tick("people.forget_looks", EVERY)
def forget_old_looks(registry: Registry) -> None:
    """Delete the rows that told one look from another; what was looked at stands in the trail."""
    with registry.work(SYSTEM) as work:
        forget_looks(work.connection, work.now)
