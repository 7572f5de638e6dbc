"""By the clock: answers that were kept for requests sent twice are forgotten, and whom they name."""

from datetime import timedelta
from typing import Final

from registry.jobs.names import tick
from registry.trail.entries import SYSTEM
from registry.web.models import forget_before
from registry.work import Registry

EVERY: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=1)
"""So long a request sent again under its key gets the first answer; nobody waits longer to try again."""


@tick("staff.forget_answers", EVERY)
def forget_old_answers(registry: Registry) -> None:
    """Delete answers that are older than anybody's patience."""
    with registry.work(SYSTEM) as work:
        forget_before(work.connection, work.now - KEPT)
