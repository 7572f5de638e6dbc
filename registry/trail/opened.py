"""The opening of one person's slot, for his own papers: with it he recomputes what the leaf committed to."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from registry.storage.vault import Vault
from registry.trail.canonical import canonical, read_canonical
from registry.trail.commitment import SALT_BYTES, commit, opening_place, read_shown, show, slot_tag
from registry.trail.leaf import Leaf
from registry.trail.models import trail_opening


@dataclass(frozen=True, slots=True)
class Opening:
    """What one slot of a leaf was made of.

    Attributes:
        slot: its number in the leaf, from 0.
        type: of the entry.
        key: 32 random bytes of this commitment alone.
        payload: canonical JSON, the exact bytes.
    """

    event_id: UUID
    slot: int
    type: str
    key: bytes
    payload: bytes

    @property
    def commitment(self) -> bytes:
        """What the leaf holds of it, made anew."""
        return commit(self.key, slot_tag(self.event_id, self.slot, self.type), self.payload)

    def opens(self, leaf: Leaf) -> bool:
        """Tell whether the leaf is of this event and committed to exactly this."""
        within = self.event_id == leaf.id and 0 <= self.slot < len(leaf.slots)
        return within and leaf.slots[self.slot].commitment == self.commitment


def opening_of(connection: Connection, vault: Vault, leaf: Leaf, subject: UUID) -> Opening | None:
    """Open the slot of one person and of nobody else; None where nothing is said of him, or he was erased."""
    own = (trail_opening.c.event_id == leaf.id) & (trail_opening.c.subject == subject)
    row = connection.execute(select(trail_opening.c.slot, trail_opening.c.sealed).where(own)).first()
    key = vault.keys_of(connection, [subject]).get(subject)
    if row is None or key is None:
        return None
    data = vault.open(key, opening_place(row.slot, leaf.type), leaf.id, row.sealed)
    return Opening(leaf.id, row.slot, leaf.type, data[:SALT_BYTES], data[SALT_BYTES:])


def show_opening(opening: Opening) -> bytes:
    """Write an opening as JSON; the payload stands in it as a text, so that its bytes are beyond doubt.

    commitment = HMAC-SHA-256(key, tag, 0x00, payload), written in the leaf as base64url like the key here.
    """
    return canonical(
        {
            "event": str(opening.event_id),
            "key": show(opening.key),
            "payload": opening.payload.decode(),
            "slot": opening.slot,
            "tag": slot_tag(opening.event_id, opening.slot, opening.type),
            "type": opening.type,
        }
    )


def read_opening(data: bytes) -> Opening:
    """Read an opening that `show_opening` wrote.

    Raises:
        ValueError: the bytes are anything else.
    """
    said = read_canonical(data)
    parts = said if isinstance(said, dict) else {}
    try:
        key, payload = read_shown(str(parts["key"]), SALT_BYTES), str(parts["payload"]).encode()
        opening = Opening(
            UUID(str(parts["event"])), int(str(parts["slot"])), str(parts["type"]), key, payload
        )
    except KeyError as error:
        message = "an opening of a wrong shape"
        raise ValueError(message) from error
    if show_opening(opening) != data:
        message = "an opening of a wrong form"
        raise ValueError(message)
    return opening
