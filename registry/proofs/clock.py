"""By the clock: new acts get their sealed document, and seals that wait for a time stamp are stamped.

An act writes nothing for it: what has no document yet is found from the acts.
"""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.errors import ConflictError, GoneError, NotFoundError, UnavailableError
from registry.jobs.names import tick
from registry.proofs.exports.usecases import destroy_export
from registry.proofs.models.exports import expired_exports
from registry.proofs.models.sealed import awaiting_stamp
from registry.proofs.models.unsealed import CLOCK, Unsealed, first_unseen, unsealed_acts
from registry.proofs.usecases.sealing import Press, Wanted, authority_of, seal_act
from registry.proofs.usecases.stamping import raise_level
from registry.storage import marks
from registry.trail.entries import SYSTEM
from registry.work import Registry

BATCH: Final = 100
AFTER: Final = 1
"""Ids are whole numbers: the next one that can be."""

log = logging.getLogger(__name__)


@tick("proofs.seal", timedelta(minutes=1))
def seal_new(registry: Registry) -> None:
    """Seal the documents of acts that have none, the oldest first, batch by batch.

    Some are left for the next time: those that no published checkpoint covers yet, and those that went wrong.
    """
    with registry.reading(SYSTEM) as work:
        first, until = first_unseen(work.connection, work.now), work.now
    press: Press | None = None
    while True:
        with registry.reading(SYSTEM) as work:
            found = unsealed_acts(work.connection, first, BATCH)
        if not found:
            break
        press = press or Press(registry.settings)
        left = [one for one in found if not _seal(registry, press, one)]
        until = min([until, *(one.made_at for one in left)])
        first = UUID(int=found[-1].act_id.int + AFTER)
    with registry.reading(SYSTEM) as work:
        late = marks.mark_is_late(work.connection, CLOCK, until)
    if late:
        with registry.work(SYSTEM) as work:
            marks.move_mark(work.connection, CLOCK, until)


def _seal(registry: Registry, press: Press, one: Unsealed) -> bool:
    """Seal one document; true where nothing is left to do. One that goes wrong holds up no other."""
    try:
        seal_act(registry, press, Wanted(one.school_id, one.act_id, one.signer_id))
    except (GoneError, NotFoundError):
        return True  # what it would say was destroyed: there is nothing to seal any more
    except ConflictError:
        return False
    except Exception:
        log.exception("not-sealed", extra={"act": str(one.act_id)})
        return False
    return True


@tick("proofs.stamp", timedelta(minutes=1))
def stamp_pending(registry: Registry) -> None:
    """Ask for the time stamps that are still awaited, until the authority fails again."""
    authority = authority_of(registry.settings)
    after = UUID(int=0)
    while authority is not None:
        with registry.reading(SYSTEM) as work:
            pending = awaiting_stamp(work.connection, after, BATCH)
        if not pending:
            break
        try:
            for one in pending:
                raise_level(registry, authority, one)
        except UnavailableError:
            log.warning("no-time-stamp", extra={"act": str(pending[0].act_id)})
            break
        after = pending[-1].act_id


@tick("proofs.exports", timedelta(minutes=10))
def destroy_expired(registry: Registry) -> None:
    """Destroy the files of exports that were there to be fetched for long enough."""
    with registry.reading(SYSTEM) as work:
        expired = expired_exports(work.connection, work.now)
    for export_id in expired:
        with registry.work(SYSTEM) as work:
            destroy_export(work, export_id)
