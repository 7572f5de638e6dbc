"""Time stamps that did not come at once: asked for again, and the stamped file kept as a new version."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from registry.consents.models.acts import get_act
from registry.documents.pades.authorities import Authority
from registry.documents.pades.seen import Level
from registry.errors import NotFoundError
from registry.people.jobs import FORGET_FILES
from registry.proofs.models.sealed import Sealed, Stamp, drop_files, newest_of
from registry.proofs.usecases.sealing import LOCK, keep
from registry.storage.queries import hold
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work


def raise_level(registry: Registry, authority: Authority, pending: Sealed) -> Sealed | None:
    """Stamp a document that waits for it; None where it does not wait, or is not there, any more.

    The seal and everything that it covers stay byte by byte; the stamp goes into the room beside the seal.

    Raises:
        UnavailableError: `stamp-failed`: the authority still gives none.
    """
    from registry.documents.pades.stamps import stamp  # noqa: PLC0415 - half a second, and few stamp

    if pending.sealed_file is None:
        return None
    try:
        data = registry.files.get(pending.sealed_file)
    except NotFoundError:
        return None
    stamped = stamp(data, authority, registry.now())
    with registry.work(SYSTEM) as work:
        hold(work.connection, LOCK, pending.act_id)
        if newest_of(work.connection, pending.school_id, pending.act_id) != pending:
            return None
        signer_id = get_act(work.connection, pending.school_id, pending.act_id).signer
        later = replace(
            pending,
            version=pending.version + 1,
            sha256=hashlib.sha256(stamped.data).hexdigest(),
            sealed_file=work.new_id(),
            level=Level.B_T,
            stamp=Stamp.THERE,
            stamped_at=stamped.at,
            made_at=work.now,
        )
        let_go(work, pending.school_id, [pending.act_id])
        keep(work, signer_id, later, stamped.data)
    return later


def let_go(work: Work, school_id: UUID, act_ids: Collection[UUID]) -> int:
    """Let the files of some acts' documents go, and promise that they are destroyed; gives how many.

    Rows and digests stay: what was handed out is still known for what it is.
    """
    for act_id in sorted(act_ids):
        hold(work.connection, LOCK, act_id)
    files = drop_files(work.connection, school_id, act_ids)
    if files:
        work.later(FORGET_FILES, files=[str(one) for one in files])
    return len(files)
