"""Writing an entry into the trail, in the transaction of the change that it tells of. No lock, no number yet.

The hot path of every act: one look-up where persons are concerned, one statement more where an object changes
again, and the event's rows.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError

from registry.errors import N_, ConflictError, NotFoundError
from registry.storage.failpoints import reach
from registry.storage.vault import SubjectKey, Vault
from registry.trail.canonical import canonical
from registry.trail.commitment import SALT_BYTES, commit, opening_place, slot_tag, state_tag
from registry.trail.entries import Actor, Entry
from registry.trail.keys import TrailKeys
from registry.trail.leaf import Leaf, LeafActor, LeafSlot, write_leaf
from registry.trail.merkle import leaf_hash
from registry.trail.models import trail_object
from registry.trail.pseudonyms import Acquaintances, Known
from registry.trail.recorded import Recorded
from registry.trail.rows import Along, Beside, EventRows, Values, write_many, write_rows

ALONE = Along()

# The old `post` becomes `pre` inside the statement, so that no version can slip in between.
_move_object = (
    update(trail_object)
    .where(
        trail_object.c.kind == bindparam("of_kind"),
        trail_object.c.id == bindparam("of_id"),
        trail_object.c.version == bindparam("of_version"),
    )
    .values(
        version=bindparam("new_version"),
        pre=trail_object.c.post,
        post=bindparam("new_post"),
        salt=bindparam("new_salt"),
        event_id=bindparam("new_event"),
    )
    .returning(trail_object.c.pre)
)


@dataclass(frozen=True, slots=True)
class Head:
    """The row of `trail_object` that an entry makes, and the commitment to the state before it."""

    row: Values | None
    pre: bytes | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry belongs: its event's id, the real time in UTC, who acts, and the request behind it.

    Attributes:
        beside: a whole row of the change itself, written in the same statement where the database can.
        acquaintances: whom the transaction has looked up before.
    """

    event_id: UUID
    at: datetime
    actor: Actor
    cause: str | None
    beside: Beside | None = None
    acquaintances: Acquaintances = field(default_factory=Acquaintances)


def append(connection: Connection, vault: Vault, entry: Entry, place: Place, keys: TrailKeys) -> Recorded:
    """Write an entry and its openings, and queue it for the tree.

    Raises:
        ConflictError: the object is not at the version before the entry's.
        NotFoundError: a person with a payload has no key: erased, or never there.
        ValueError, TypeError: the entry cannot be written canonically in 4,096 bytes.
    """
    row = new_head(vault, entry, place.event_id)
    head = Head(row, _move_head(connection, row) if row and entry.object.version > 1 else None)
    known = place.acquaintances.look_up(connection, entry.tenant, concerned(entry, place.actor))
    rows = event_of(vault, keys, (entry, place), head, known)
    store_event(connection, rows)
    return Recorded(place.event_id, rows.leaf_hash, place.at, keys)


def concerned(entry: Entry, actor: Actor) -> set[UUID]:
    """Name the persons whom an entry is about, and who acts."""
    return {slot.subject for slot in entry.slots} | ({actor.id} if actor.id else set())


def event_of(
    vault: Vault,
    keys: TrailKeys,
    said: tuple[Entry, Place],
    head: Head,
    known: Mapping[UUID, Known],
) -> EventRows:
    """Make the rows of an event whose persons are known and whose object's state before is.

    Raises:
        NotFoundError, ValueError, TypeError: as `append`.
    """
    entry, place = said
    openings = seal_slots(vault, entry, place.event_id, known)
    commitments = {row["slot"]: made for row, made in openings}
    leaf = Leaf(
        id=place.event_id,
        type=entry.type,
        log=keys.origin,
        tenant=entry.tenant,
        at=place.at,
        actor=LeafActor.of(place.actor, known[place.actor.id].ref if place.actor.id else None),
        cause=place.cause,
        object=entry.object,
        pre=head.pre,
        post=head.row["post"] if head.row else None,
        slots=tuple(
            LeafSlot(known[slot.subject].ref, commitments.get(number))
            for number, slot in enumerate(entry.slots)
        ),
    )
    begins = head.row if entry.object.version == 1 else None
    return rows_of(leaf, Along([row for row, _ in openings], begins, place.beside))


def rows_of(leaf: Leaf, along: Along = ALONE) -> EventRows:
    """Make the rows of a leaf and of what goes along with it."""
    data = write_leaf(leaf)
    return EventRows(leaf.id, leaf.tenant, data, leaf_hash(data), along)


def store_event(connection: Connection, *events: EventRows) -> None:
    """Write the rows of an event, or of several, and queue them for the tree.

    Raises:
        ConflictError: an object that begins is there already.
    """
    reach("entry.before-rows")
    try:
        if len(events) == 1:
            write_rows(connection, events[0])
        else:
            write_many(connection, events)
    except IntegrityError:
        raise behind() from None
    reach("entry.after-rows")


def seal_slots(
    vault: Vault, entry: Entry, event_id: UUID, known: Mapping[UUID, Known]
) -> list[tuple[Values, bytes]]:
    """Seal what the entry says about each person: rows of `trail_opening` with their commitments."""
    keys: dict[UUID, SubjectKey] = {}
    made: list[tuple[Values, bytes]] = []
    for number, slot in enumerate(entry.slots):
        if slot.payload is None:
            continue
        wrapped = known[slot.subject].wrapped
        if wrapped is None:
            raise NotFoundError(N_("Данные этого человека уничтожены или не найдены."))
        key = keys.get(slot.subject) or vault.unwrap(slot.subject, wrapped)
        keys[slot.subject] = key
        salt, payload = os.urandom(SALT_BYTES), canonical(slot.payload)
        sealed = vault.seal(key, opening_place(number, entry.type), event_id, salt + payload)
        row = {"event_id": event_id, "slot": number, "subject": slot.subject, "sealed": sealed}
        made.append((row, commit(salt, slot_tag(event_id, number, entry.type), payload)))
    return made


def new_head(vault: Vault, entry: Entry, event_id: UUID) -> Values | None:
    """Row of `trail_object` for the new state; None when the entry changes nothing of the object."""
    if entry.state is None:
        return None
    of, salt = entry.object, os.urandom(SALT_BYTES)
    return {
        "kind": of.kind,
        "id": of.id,
        "version": of.version,
        "post": commit(salt, state_tag(of), canonical(entry.state)),
        "salt": vault.seal_shared(salt_place(of.kind), of.id, salt),
        "event_id": event_id,
    }


def _move_head(connection: Connection, head: Values) -> bytes:
    """Move an object's head to its next version; give the commitment to the state before."""
    values = {
        "of_kind": head["kind"],
        "of_id": head["id"],
        "of_version": head["version"] - 1,
        "new_version": head["version"],
        "new_post": head["post"],
        "new_salt": head["salt"],
        "new_event": head["event_id"],
    }
    moved = connection.execute(_move_object, values).first()
    if moved is None:
        raise behind()
    before: bytes = moved.pre
    return before


def salt_place(kind: str) -> str:
    """Where the sealed salt of an object's state belongs."""
    return f"trail_object.salt/{kind}"


def behind() -> ConflictError:
    """Say that the object is not at the version that who records took it for."""
    return ConflictError(N_("Данные тем временем изменились. Обновите страницу и повторите действие."))
