"""Writing the entries of a set of changes into the trail, in as many statements as for two of them."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from registry.storage.queries import among
from registry.storage.vault import Vault
from registry.trail.append import Head, Place, append, behind, concerned, event_of, new_head, store_event
from registry.trail.entries import Entry
from registry.trail.keys import TrailKeys
from registry.trail.models import trail_object
from registry.trail.pseudonyms import Known
from registry.trail.recorded import Recorded
from registry.trail.rows import Values

Said = Sequence[tuple[Entry, Place]]

# The rows were locked when they were read, so the state before is known without asking for it again.
_move = (
    update(trail_object)
    .where(trail_object.c.kind == bindparam("of_kind"), trail_object.c.id == bindparam("of_id"))
    .values(
        version=bindparam("new_version"),
        pre=bindparam("new_pre"),
        post=bindparam("new_post"),
        salt=bindparam("new_salt"),
        event_id=bindparam("new_event"),
    )
)


def append_many(connection: Connection, vault: Vault, said: Said, keys: TrailKeys) -> list[Recorded]:
    """Write entries, each about another object, as `append` writes one.

    Raises:
        ConflictError: an object is not at the version before its entry's.
        NotFoundError, ValueError, TypeError: as `append`; nothing of the set is to be kept then.
    """
    if len(said) == 1:
        return [append(connection, vault, *said[0], keys)]
    if not said:
        return []
    heads = _heads(connection, [new_head(vault, entry, place.event_id) for entry, place in said])
    known = _look_up(connection, said)
    events = [
        event_of(vault, keys, one, head, known[one[0].tenant]) for one, head in zip(said, heads, strict=True)
    ]
    store_event(connection, *events)
    both = zip(said, events, strict=True)
    return [Recorded(rows.event_id, rows.leaf_hash, place.at, keys) for (_, place), rows in both]


def _heads(connection: Connection, rows: Sequence[Values | None]) -> list[Head]:
    """Move the heads of objects that were there, and give those of all."""
    moved = [row for row in rows if row and row["version"] > 1]
    before = _before(connection, moved)
    if any(before.get(_key(row), (0, b""))[0] != row["version"] - 1 for row in moved):
        raise behind()
    if moved:
        connection.execute(_move, [_named(row, before[_key(row)][1]) for row in moved])
    return [Head(row, before[_key(row)][1] if row and _key(row) in before else None) for row in rows]


def _before(connection: Connection, rows: Sequence[Values]) -> dict[tuple[str, UUID], tuple[int, bytes]]:
    """Lock the heads of objects, and give their versions and the commitments to their states."""
    found: dict[tuple[str, UUID], tuple[int, bytes]] = {}
    for kind, some in groupby(sorted(rows, key=_key), key=lambda row: str(row["kind"])):
        ids = [row["id"] for row in some]
        if len(set(ids)) != len(ids):
            message = "two entries of a set change the same object"
            raise ValueError(message)
        asked = select(trail_object.c.id, trail_object.c.version, trail_object.c.post)
        asked = asked.where(trail_object.c.kind == kind, among(connection, trail_object.c.id, ids))
        held = connection.execute(asked.order_by(trail_object.c.id).with_for_update())
        found |= {(kind, row.id): (row.version, row.post) for row in held}
    return found


def _key(row: Values) -> tuple[str, UUID]:
    return row["kind"], row["id"]


def _named(row: Values, pre: bytes) -> Values:
    return {
        "of_kind": row["kind"],
        "of_id": row["id"],
        "new_version": row["version"],
        "new_pre": pre,
        "new_post": row["post"],
        "new_salt": row["salt"],
        "new_event": row["event_id"],
    }


def _look_up(connection: Connection, said: Said) -> dict[UUID | None, Mapping[UUID, Known]]:
    """Find the persons of all entries, school by school."""
    wanted: dict[UUID | None, set[UUID]] = {}
    for entry, place in said:
        wanted.setdefault(entry.tenant, set()).update(concerned(entry, place.actor))
    met = said[0][1].acquaintances
    return {tenant: met.look_up(connection, tenant, persons) for tenant, persons in wanted.items()}
