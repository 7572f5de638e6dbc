"""By the clock: receipts go out by e-mail once a signer has been quiet for a while.

The act itself writes nothing for this, so that the last click stays quick: what was not written to yet is
found from the acts.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from registry.consents.models.receipts import BATCH, acts_without_letter, mark_is_late, move_mark
from registry.consents.rules.receipts import QUIET, Unwritten, due_sittings
from registry.consents.usecases.receipt_letters import write_receipts
from registry.jobs.names import tick
from registry.trail.entries import SYSTEM
from registry.work import Registry

log = logging.getLogger(__name__)


@tick("consents.receipts", timedelta(minutes=1))
def send_receipts(registry: Registry) -> None:
    """Write the receipt letters of those who have done nothing more for some minutes."""
    write_due(registry, registry.now() - QUIET)


def write_due(registry: Registry, quiet_since: datetime) -> None:
    """Write the letters of those who have been quiet since a time, each in a transaction of its own."""
    while True:
        waiting = _waiting(registry)
        written = sum(_write(registry, one) for one in due_sittings(waiting, quiet_since))
        if not written or len(waiting) < BATCH:
            break
    _move_mark(registry)


def _waiting(registry: Registry) -> list[Unwritten]:
    with registry.reading(SYSTEM) as work:
        return acts_without_letter(work.connection, work.now)


def _write(registry: Registry, sitting: Sequence[Unwritten]) -> bool:
    """Write one letter; one that goes wrong keeps nobody else's back, and comes again."""
    try:
        with registry.work(SYSTEM) as work:
            write_receipts(work, registry.trail, sitting)
    except Exception:
        log.exception("receipt-failed", extra={"act": str(sitting[0].id)})
        return False
    return True


def _move_mark(registry: Registry) -> None:
    """Look from the first act that still waits on, from now on."""
    with registry.reading(SYSTEM) as work:
        left = acts_without_letter(work.connection, work.now)
        until = min((one.made_at for one in left), default=work.now)
        late = mark_is_late(work.connection, until)
    if late:
        with registry.work(SYSTEM) as work:
            move_mark(work.connection, until)
