"""Salted commitments: a leaf shows that a payload was fixed, and nothing of the payload itself.

Never a plain or constant-salted hash: identifiers are few enough to be guessed one by one.
"""

import base64
import binascii
import hmac
from uuid import UUID

from registry.trail.entries import ObjectRef

SALT_BYTES = 32


def commit(salt: bytes, tag: str, payload: bytes) -> bytes:
    """Commit to canonical bytes for one purpose.

    Args:
        salt: 32 random bytes, of this commitment alone.
        tag: from `slot_tag` or `state_tag`.
        payload: canonical JSON.
    """
    return hmac.digest(salt, tag.encode() + b"\x00" + payload, "sha256")


def slot_tag(event_id: UUID, slot: int, entry_type: str) -> str:
    """Purpose of a slot's commitment."""
    return f"registry-slot/v1 {event_id} {slot} {entry_type}"


def state_tag(of: ObjectRef) -> str:
    """Purpose of a state's commitment."""
    return f"registry-state/v1 {of.kind} {of.id} {of.version}"


def opening_place(slot: int, entry_type: str) -> str:
    """Where a sealed opening belongs, as the vault binds it besides the event."""
    return f"trail_opening.sealed/{slot}/{entry_type}"


def show(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read_shown(text: str, size: int) -> bytes:
    """Read what `show` wrote.

    Raises:
        ValueError: it is of another length or spelling.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if len(data) != size or show(data) != text:
        message = "not base64url of the demanded length"
        raise ValueError(message)
    return data
