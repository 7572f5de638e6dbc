"""What the trail holds of sealed documents: each file's digest, and how far its seal reaches."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.proofs.models.sealed import Sealed, every_sealed
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.trail.verify.objects import Forms

KIND: Final = "sealed-document"


def sealed_entry(sealed: Sealed, signer_id: UUID) -> Entry:
    """Write that a version of an act's document was sealed; its signer reads the digest in his own slot."""
    said: dict[str, Json] = {
        "sha256": sealed.sha256,
        "level": sealed.level.value,
        "stamp": sealed.stamp.value,
    }
    return Entry(
        EntryType.DOCUMENT_SEALED,
        document_ref(sealed),
        state_of(sealed),
        sealed.school_id,
        (Slot(signer_id, said),),
    )


def fetched_entry(sealed: Sealed, signer_id: UUID) -> Entry:
    """Write that a copy was handed out: to whom, the entry's actor says."""
    return Entry(
        EntryType.DOCUMENT_FETCHED, document_ref(sealed), None, sealed.school_id, (Slot(signer_id, None),)
    )


def document_ref(sealed: Sealed) -> ObjectRef:
    """Name a version as an object of the trail: it goes by the id of its act."""
    return ObjectRef(KIND, sealed.act_id, sealed.version)


def state_of(sealed: Sealed) -> dict[str, Json]:
    """Write a version as the trail commits to it: its whole row but for where the file lies."""
    return {
        "school_id": str(sealed.school_id),
        "act_id": str(sealed.act_id),
        "version": sealed.version,
        "sha256": sealed.sha256,
        "code_hash": sealed.code_hash.hex(),
        "level": sealed.level.value,
        "stamp": sealed.stamp.value,
        "stamped_at": None if sealed.stamped_at is None else sealed.stamped_at.isoformat(),
        "certificate": sealed.certificate,
        "made_at": sealed.made_at.isoformat(),
    }


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, Forms]]:
    """Give the state of each document as it stands in its table, for the verifier of the trail."""
    for sealed in every_sealed(connection):
        yield sealed.act_id, sealed.version, (state_of(sealed),)
