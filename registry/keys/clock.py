"""By the clock: keys whose end is near are told of, once a step."""

import logging
from datetime import timedelta

from registry.jobs.names import tick
from registry.keys import models
from registry.keys.rules import WARN_BEFORE, warning_of
from registry.keys.usecases.warning import warn
from registry.trail.entries import SYSTEM
from registry.work import Registry

log = logging.getLogger(__name__)


@tick("keys.expiry", timedelta(hours=1))
def warn_of_ends(registry: Registry) -> None:
    """Warn of each key in use that has reached its next step; one statement when there is none."""
    with registry.reading(SYSTEM) as work:
        near = models.expiring(work.connection, work.now + timedelta(days=max(WARN_BEFORE)))
        due = [one for one in near if one.warned is None or (warning_of(one, work.now) or 0) < one.warned]
    for one in due:
        with registry.work(SYSTEM) as work:
            key = warn(work, one.id)
        log.warning("key-expiring", extra={"key": str(key.id), "step": key.warned})
