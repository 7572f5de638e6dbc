"""What is kept of a person for written consents alone: address and documents, on card and in the trail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, and_, delete, or_, select, update

from registry.people.models.tables import guardianships
from registry.storage.vault import Vault
from registry.trail.commitment import SALT_BYTES, opening_place
from registry.trail.entries import EntryType, ObjectRef
from registry.trail.leaf import Leaf, read_leaf
from registry.trail.models import trail_event, trail_opening

FIELDS: Final = ("address", "identity_document")
AUTHORITY: Final = "authority_document"
_TELLING: Final = {EntryType.PERSON_CHANGED.value, EntryType.GUARDIANSHIP_CHANGED.value}


@dataclass(frozen=True, slots=True)
class Saying:
    """An opening of the trail that holds such a field: its event, its slot, the object and the school."""

    event_id: UUID
    slot: int
    object: ObjectRef
    tenant: UUID | None


def drop_authority(connection: Connection, guardian_id: UUID, student_id: UUID) -> int:
    """Drop the document by which somebody represents a student; give 1 where there was one."""
    mine = and_(
        guardianships.c.guardian_id == guardian_id,
        guardianships.c.student_id == student_id,
        guardianships.c.authority_document.is_not(None),
    )
    return connection.execute(update(guardianships).where(mine).values(authority_document=None)).rowcount


def sayings_of(connection: Connection, vault: Vault, person_id: UUID) -> list[Saying]:
    """Find the openings of the trail in which such fields of a person stand."""
    key = vault.keys_of(connection, [person_id]).get(person_id)
    if key is None:
        return []
    query = (
        select(trail_opening.c.event_id, trail_opening.c.slot, trail_opening.c.sealed, trail_event.c.leaf)
        .join(trail_event, trail_event.c.event_id == trail_opening.c.event_id)
        .where(trail_opening.c.subject == person_id)
    )
    found = []
    for row in connection.execute(query):
        leaf = read_leaf(bytes(row.leaf))
        if leaf.type in _TELLING:
            data = vault.open(key, opening_place(row.slot, leaf.type), leaf.id, row.sealed)
            found += list(_saying(leaf, row.slot, data[SALT_BYTES:]))
    return found


def _saying(leaf: Leaf, slot: int, payload: bytes) -> Iterator[Saying]:
    said = json.loads(payload)
    if any(said.get(name) for name in (*FIELDS, AUTHORITY)):
        yield Saying(leaf.id, slot, leaf.object, leaf.tenant)


def forget_sayings(connection: Connection, sayings: list[Saying]) -> None:
    """Destroy openings, after entries that say so were recorded."""
    mine = [
        and_(trail_opening.c.event_id == one.event_id, trail_opening.c.slot == one.slot) for one in sayings
    ]
    if mine:
        connection.execute(delete(trail_opening).where(or_(*mine)))
