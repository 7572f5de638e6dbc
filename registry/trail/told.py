"""What the trail can still tell one person about himself: entries of some types, the newest first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, select

from registry.storage.schema import Json
from registry.storage.vault import SubjectKey, Vault
from registry.trail.canonical import read_canonical
from registry.trail.commitment import SALT_BYTES, opening_place
from registry.trail.entries import EntryType
from registry.trail.leaf import Leaf, read_leaf
from registry.trail.models import trail_event, trail_opening

AT_ONCE: Final = 200
"""Openings read in one statement: a person has some hundreds, and most of them are looks."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry that speaks of a person: its leaf, and what it says of him."""

    leaf: Leaf
    said: dict[str, Json]


def told_to(
    connection: Connection, vault: Vault, subject: UUID, kinds: Collection[EntryType], most: int
) -> list[Told]:
    """Read the newest entries of some types that say something of a person; none once he was erased.

    Goes by the index of openings by subject; event ids are in the order of time.
    """
    key = vault.keys_of(connection, [subject]).get(subject)
    if key is None:
        return []
    found: list[Told] = []
    for row in _openings(connection, subject):
        leaf = read_leaf(row.leaf)
        if leaf.type in kinds:
            found.append(Told(leaf, _opened(vault, key, leaf, row)))
        if len(found) == most:
            break
    return found


def _opened(vault: Vault, key: SubjectKey, leaf: Leaf, row: Row[*tuple[Any, ...]]) -> dict[str, Json]:
    data = vault.open(key, opening_place(row.slot, leaf.type), leaf.id, row.sealed)
    said = read_canonical(data[SALT_BYTES:])
    return said if isinstance(said, dict) else {}


def _openings(connection: Connection, subject: UUID) -> Iterator[Row[*tuple[Any, ...]]]:
    """Walk a person's openings with their leaves, the newest first, some at a time."""
    joined = trail_opening.join(trail_event, trail_event.c.event_id == trail_opening.c.event_id)
    query = (
        select(trail_opening.c.event_id, trail_opening.c.slot, trail_opening.c.sealed, trail_event.c.leaf)
        .select_from(joined)
        .where(trail_opening.c.subject == subject)
        .order_by(trail_opening.c.event_id.desc())
        .limit(AT_ONCE)
    )
    last: UUID | None = None
    while True:
        after = query if last is None else query.where(trail_opening.c.event_id < last)
        rows = connection.execute(after).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].event_id
