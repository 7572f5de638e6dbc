"""Writing an entry into the trail, in the transaction of the change that it tells of. No lock, no number yet.

The hot path of every act: two look-ups where persons are concerned, then one insert a table.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from registry.errors import N_, ConflictError, NotFoundError
from registry.storage.vault import Vault
from registry.trail.canonical import canonical
from registry.trail.commitment import SALT_BYTES, commit, opening_place, slot_tag, state_tag
from registry.trail.entries import Actor, Entry, Recorded
from registry.trail.keys import TrailKeys
from registry.trail.leaf import Leaf, LeafActor, LeafSlot, write_leaf
from registry.trail.merkle import leaf_hash
from registry.trail.models import trail_event, trail_object, trail_opening, trail_queue
from registry.trail.pseudonyms import pseudonyms_of
from registry.trail.receipt import issue_receipt

_add_event = insert(trail_event)
_add_queue = insert(trail_queue)
_add_openings = insert(trail_opening)
_add_object = insert(trail_object)
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
class Place:
    """Where an entry belongs: its event's id, the real time in UTC, who acts, and the request behind it."""

    event_id: UUID
    at: datetime
    actor: Actor
    cause: str | None


def append(connection: Connection, vault: Vault, entry: Entry, place: Place, keys: TrailKeys) -> Recorded:
    """Write an entry and its openings, and queue it for the tree.

    Raises:
        ConflictError: the object is not at the version before the entry's.
        NotFoundError: a person with a payload has no key: erased, or never there.
        ValueError, TypeError: the entry cannot be written canonically in 4,096 bytes.
    """
    pre, post = _advance(connection, vault, entry, place.event_id)
    concerned = {slot.subject for slot in entry.slots} | ({place.actor.id} if place.actor.id else set())
    names = pseudonyms_of(connection, entry.tenant, concerned)
    commitments = _fill_slots(connection, vault, entry, place.event_id)
    leaf = Leaf(
        id=place.event_id,
        type=entry.type,
        log=keys.origin,
        tenant=entry.tenant,
        at=place.at,
        actor=LeafActor.of(place.actor, names[place.actor.id] if place.actor.id else None),
        cause=place.cause,
        object=entry.object,
        pre=pre,
        post=post,
        slots=tuple(
            LeafSlot(names[slot.subject], made) for slot, made in zip(entry.slots, commitments, strict=True)
        ),
    )
    hashed = store_leaf(connection, leaf)
    return Recorded(place.event_id, hashed, issue_receipt(keys.receipt, keys.origin, hashed, place.at))


def store_leaf(connection: Connection, leaf: Leaf) -> bytes:
    """Write the event of a leaf and queue it for the tree; give the leaf's hash."""
    data = write_leaf(leaf)
    hashed = leaf_hash(data)
    connection.execute(_add_event, {"event_id": leaf.id, "tenant": leaf.tenant, "leaf": data})
    connection.execute(_add_queue, {"event_id": leaf.id, "leaf_hash": hashed})
    return hashed


def _fill_slots(connection: Connection, vault: Vault, entry: Entry, event_id: UUID) -> list[bytes | None]:
    """Seal what the entry says about each person, and give the commitments in the order of the slots."""
    speaking = {slot.subject for slot in entry.slots if slot.payload is not None}
    if not speaking:
        return [None] * len(entry.slots)
    opened = vault.keys_of(connection, speaking)
    if len(opened) < len(speaking):
        raise NotFoundError(N_("Данные этого человека уничтожены или не найдены."))
    rows: list[dict[str, object]] = []
    made: list[bytes | None] = []
    for number, slot in enumerate(entry.slots):
        if slot.payload is None:
            made.append(None)
            continue
        salt, payload = os.urandom(SALT_BYTES), canonical(slot.payload)
        made.append(commit(salt, slot_tag(event_id, number, entry.type), payload))
        sealed = vault.seal(opened[slot.subject], opening_place(number, entry.type), event_id, salt + payload)
        rows.append({"event_id": event_id, "slot": number, "subject": slot.subject, "sealed": sealed})
    connection.execute(_add_openings, rows)
    return made


def _advance(
    connection: Connection, vault: Vault, entry: Entry, event_id: UUID
) -> tuple[bytes | None, bytes | None]:
    """Move the object's head to the new state; give the commitments before and after."""
    if entry.state is None:
        return None, None
    of, salt = entry.object, os.urandom(SALT_BYTES)
    post = commit(salt, state_tag(of), canonical(entry.state))
    sealed = vault.seal_shared(salt_place(of.kind), of.id, salt)
    if of.version == 1:
        row = {"kind": of.kind, "id": of.id, "version": 1, "post": post, "salt": sealed, "event_id": event_id}
        try:
            connection.execute(_add_object, row)
        except IntegrityError:
            raise _behind() from None
        return None, post
    moved = connection.execute(
        _move_object,
        {
            "of_kind": of.kind,
            "of_id": of.id,
            "of_version": of.version - 1,
            "new_version": of.version,
            "new_post": post,
            "new_salt": sealed,
            "new_event": event_id,
        },
    ).first()
    if moved is None:
        raise _behind()
    return moved.pre, post


def salt_place(kind: str) -> str:
    """Where the sealed salt of an object's state belongs."""
    return f"trail_object.salt/{kind}"


def _behind() -> ConflictError:
    return ConflictError(N_("Данные тем временем изменились. Обновите страницу и повторите действие."))
