"""The worker's door: a document that somebody waits for is sealed at once."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.consents.models.acts import get_act
from registry.errors import N_, ConflictError, GoneError, NotFoundError
from registry.jobs.names import Conclusion, errand
from registry.proofs.exports.packing import Step, pack_some
from registry.proofs.exports.usecases import PACK
from registry.proofs.usecases.sealing import Press, Wanted, seal_act
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work

SEAL: Final = "proofs.seal_act"
SOON: Final = timedelta(seconds=1)
"""A checkpoint is published every second when there is news."""


@errand(SEAL, N_("Запечатать документ о решении"))
def seal_document(registry: Registry, *, school_id: str, act_id: str) -> Conclusion | None:
    """Seal the document of an act; where no checkpoint covers the act yet, come again in a moment."""
    with registry.reading(SYSTEM) as work:
        signer_id = get_act(work.connection, UUID(school_id), UUID(act_id)).signer
    try:
        seal_act(registry, Press(registry.settings), Wanted(UUID(school_id), UUID(act_id), signer_id))
    except (GoneError, NotFoundError):
        return None  # what it would say was destroyed meanwhile
    except ConflictError:
        return _again(school_id, act_id)
    return None


def _again(school_id: str, act_id: str) -> Conclusion:
    def promise(work: Work) -> None:
        work.later(SEAL, due=work.now + SOON, school_id=school_id, act_id=act_id)

    return promise


@errand(PACK, N_("Собрать файл с документами о решениях"))
def pack_export(registry: Registry, *, export_id: str) -> Conclusion | None:
    """Do the next part of an export and promise the one after it, so that other jobs come in between.

    Raises:
        ForbiddenError: who ordered it may do so no longer.
    """
    step = pack_some(registry, UUID(export_id))
    if step is Step.OVER:
        return None

    def promise(work: Work) -> None:
        work.later(PACK, due=work.now + (SOON if step is Step.WAITS else timedelta()), export_id=export_id)

    return promise
