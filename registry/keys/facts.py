"""What the trail holds of keys."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from registry.keys import models
from registry.keys.rules import Key
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef

KIND = "key"


def state_of(key: Key) -> dict[str, Json]:
    """Write the whole state of a key as the trail commits to it."""
    return {
        "active_from": _time(key.active_from),
        "asked": key.asked.value if key.asked else None,
        "asked_by": str(key.asked_by) if key.asked_by else None,
        "asked_why": key.asked_why,
        "counts_until": _time(key.counts_until),
        "created_by": str(key.created_by) if key.created_by else None,
        "ended_at": _time(key.ended_at),
        "ended_why": key.ended_why,
        "fingerprint": key.fingerprint,
        "follows": str(key.follows) if key.follows else None,
        "kind": key.kind.value,
        "owner": key.owner,
        "public_key_sha256": _digest(key.public_key),
        "revoked_key_sha256": _digest(key.revoked_key),
        "state": key.state.value,
        "statement": key.statement,
        "valid_from": _time(key.valid_from),
        "valid_until": _time(key.valid_until),
        "warned": key.warned,
        "why": key.why,
    }


def entry(entry_type: EntryType, key: Key) -> Entry:
    """Say what happened to a key."""
    return Entry(entry_type, ObjectRef(KIND, key.id, key.version), state_of(key), key.school_id)


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each key, for the verifier of the trail; one statement."""
    for key in models.every(connection):
        yield key.id, key.version, state_of(key)


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def _digest(text: str | None) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest() if text else None
