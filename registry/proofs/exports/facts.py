"""What the trail holds of exports: who ordered what for whom, what was made of it, who fetched it."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.proofs.exports.rules import Export
from registry.proofs.models.exports import every_export
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.trail.verify.objects import Forms

KIND: Final = "document-export"
ORDERED: Final = "ordered"


def export_entry(entry_type: EntryType, export: Export) -> Entry:
    """Say what an export has become."""
    return Entry(entry_type, export_ref(export), state_of(export), export.school_id)


def fetched_entry(export: Export) -> Entry:
    """Say that the file was handed out: to whom, the entry's actor says."""
    return Entry(EntryType.EXPORT_FETCHED, export_ref(export), None, export.school_id)


def export_ref(export: Export) -> ObjectRef:
    """Name an export as an object of the trail, as it stands."""
    return ObjectRef(KIND, export.id, export.revision)


def state_of(export: Export) -> dict[str, Json]:
    """Write an export as the trail commits to it; how far it is made is no part of it before it is made."""
    return {
        "basis": export.basis,
        "bundles": export.bundles,
        "expires_at": export.expires_at.isoformat() if export.expires_at else None,
        "ordered_at": export.ordered_at.isoformat(),
        "ordered_by": str(export.ordered_by) if export.ordered_by else None,
        "place": str(export.place_id),
        "programme": export.programme,
        "reason": export.reason,
        "receiver": export.receiver,
        "size": export.size,
        "span": export.span.value,
        "state": ORDERED if export.state.active else export.state.value,
        "sums_sha256": export.sums_sha256,
    }


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, Forms]]:
    """Give the state of each export as it stands in its row, for the verifier of the trail."""
    for export in every_export(connection):
        yield export.id, export.revision, (state_of(export),)
