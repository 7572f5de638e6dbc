"""What the trail holds of destructions."""

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import Connection

from registry.consents.facts import act_ref
from registry.rights.models import destructions, erasures
from registry.rights.models.outcomes import as_json
from registry.rights.rules import Destruction, Erasure
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot

KIND = "erasure"
DESTRUCTION = "destruction"


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


def evidence_erased(school_id: UUID, act_id: UUID, people: Collection[UUID]) -> Entry:
    """Say that the evidence of an act was destroyed: why its slots do not open any more."""
    slots = tuple(Slot(person, None) for person in people)
    return Entry(EntryType.EVIDENCE_ERASED, act_ref(act_id), None, school_id, slots)


def saying_erased(of: ObjectRef, tenant: UUID | None, person_id: UUID) -> Entry:
    """Say that what entries about an object said of a person was destroyed."""
    return Entry(EntryType.EVIDENCE_ERASED, of, None, tenant, (Slot(person_id, None),))


def destruction_state(one: Destruction) -> dict[str, Json]:
    """Write the whole state of a destruction as the trail commits to it; ids, days and counts."""
    return {
        "act": str(one.act_id),
        "case": str(one.case_id),
        "consent": str(one.consent_id),
        "done_at": one.done_at.isoformat() if one.done_at else None,
        "last_day": one.last_day.isoformat(),
        "outcome": as_json(one.outcome) if one.outcome else None,
        "programme": one.programme,
        "received_on": one.received_on.isoformat(),
        "school": str(one.school_id),
    }


def destruction_entry(entry_type: EntryType, one: Destruction) -> Entry:
    """Say what happened to a destruction."""
    about = ObjectRef(DESTRUCTION, one.id, one.revision)
    return Entry(entry_type, about, destruction_state(one), one.school_id)


def present_destructions(
    connection: Connection, _vault: Vault
) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each destruction after a withdrawal, for the verifier of the trail."""
    for one in destructions.every(connection):
        yield one.id, one.revision, destruction_state(one)


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each destruction, for the verifier of the trail."""
    for one in erasures.every(connection):
        yield one.id, one.revision, state_of(one)
