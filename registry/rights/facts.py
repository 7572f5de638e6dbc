"""What the trail holds of destructions."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection

from registry.rights.models import erasures
from registry.rights.rules import Erasure
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot

KIND = "erasure"


def state_of(erasure: Erasure) -> dict[str, Json]:
    """Write the whole state of a destruction as the trail commits to it; ids only."""
    return {
        "approved_by": str(erasure.approved_by) if erasure.approved_by else None,
        "asked_at": erasure.asked_at.isoformat(),
        "asked_by": str(erasure.asked_by),
        "done_at": erasure.done_at.isoformat() if erasure.done_at else None,
        "ordered": erasure.ordered,
        "person": str(erasure.person_id),
        "why": erasure.why,
    }


def entry(entry_type: EntryType, erasure: Erasure) -> Entry:
    """Say what happened to a request for destruction."""
    return Entry(entry_type, ObjectRef(KIND, erasure.id, erasure.revision), state_of(erasure), None)


def erased(person_id: UUID, tenant: UUID | None) -> Entry:
    """Say in one school's entries that a person's data were destroyed: why his slots do not open any more."""
    return Entry(
        EntryType.SUBJECT_ERASED, ObjectRef("person", person_id, 1), None, tenant, (Slot(person_id, None),)
    )


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each destruction, for the verifier of the trail."""
    for one in erasures.every(connection):
        yield one.id, one.revision, state_of(one)
