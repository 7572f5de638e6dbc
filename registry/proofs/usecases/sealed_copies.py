"""The sealed document of an act, where there is one, for its bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from registry.proofs.facts import document_ref, state_of
from registry.proofs.models.sealed import newest_of
from registry.storage.schema import Json
from registry.trail.entries import ObjectRef
from registry.work import Work


@dataclass(frozen=True, slots=True)
class SealedCopy:
    """A sealed document: its bytes, and the object and state by which the trail commits to their digest."""

    pdf: bytes
    object: ObjectRef
    state: Mapping[str, Json]


def sealed_copy_of(work: Work, school_id: UUID, act_id: UUID) -> SealedCopy | None:
    """Give the sealed document of an act as it stands; None while there is none, or once it is destroyed."""
    sealed = newest_of(work.connection, school_id, act_id)
    if sealed is None or sealed.sealed_file is None:
        return None
    return SealedCopy(work.files.get(sealed.sealed_file), document_ref(sealed), state_of(sealed))
