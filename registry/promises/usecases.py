"""Looking at promised jobs, and opening one once more."""

from uuid import UUID

from registry.errors import N_, NotFoundError
from registry.storage import outbox, outbox_view
from registry.storage.outbox_view import OpenPromise, Standing
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work


def overview(work: Work) -> dict[Standing, int]:
    """Count the open promises by how they stand."""
    return outbox_view.counts(work.connection)


def listed(work: Work, standing: Standing, after: UUID | None, limit: int) -> list[OpenPromise]:
    """List promises that stand so, in the order in which they were made."""
    return list(outbox_view.listed(work.connection, standing, after, limit))


def try_again(work: Work, promise_id: UUID) -> OpenPromise:
    """Make a promise due now, with fresh tries, and tell the trail who wanted it; a kept one stays kept.

    Raises:
        NotFoundError: there is no such promise, or it was kept.
    """
    found = outbox_view.find(work.connection, promise_id)
    if found is None:
        raise NotFoundError(N_("Такого задания нет, или оно уже выполнено."), code="no-promise")
    outbox.again(work.connection, promise_id, work.now)
    about = ObjectRef("promise", promise_id, 1)
    work.record(Entry(EntryType.PROMISE_REOPENED, about, None, None))
    work.ring(found.lane, promise_id)
    return found
