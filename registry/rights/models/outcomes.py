"""What a destruction destroyed, as it stands in its row and in the trail: ids, codes and numbers only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.rights.rules import Outcome, Receiver, Told
from registry.storage.schema import Json

_COUNTS = ("evidence", "texts", "scans", "payloads", "fields")


def as_json(outcome: Outcome) -> dict[str, Json]:
    """Write an outcome down."""
    counts: dict[str, Json] = {name: getattr(outcome, name) for name in _COUNTS}
    return counts | {
        "documents": outcome.documents,
        "people": [str(one) for one in outcome.people],
        "receivers": [
            {
                "name": one.name,
                "message": str(one.message_id),
                "told": one.told.value,
                "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
            }
            for one in outcome.receivers
        ],
    }


def of_json(said: Mapping[str, Any]) -> Outcome:
    """Read what `as_json` wrote."""
    counts = {name: int(said[name]) for name in _COUNTS}
    people = tuple(UUID(one) for one in said["people"])
    documents = int(said.get("documents", 0))  # older ones name none
    receivers = tuple(_receiver(one) for one in said["receivers"])
    return Outcome(**counts, people=people, documents=documents, receivers=receivers)


def _receiver(said: Mapping[str, Any]) -> Receiver:
    at = said["confirmed_at"]
    confirmed = datetime.fromisoformat(at) if at else None
    return Receiver(said["name"], UUID(said["message"]), Told(said["told"]), confirmed)
