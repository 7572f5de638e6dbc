"""What a destruction destroyed, as it stands in its row and in the trail: ids, codes and numbers only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.rights.rules import Outcome, Receiver, Told
from registry.storage.schema import Json

_COUNTS = ("evidence", "texts", "scans", "payloads", "fields")
_LATER = ("documents", "signatures")
"""Counts that older outcomes do not name."""


def as_json(outcome: Outcome) -> dict[str, Json]:
    """Write an outcome down."""
    counts: dict[str, Json] = {name: getattr(outcome, name) for name in _COUNTS}
    # Where there were none the name stays away, as from outcomes of before it was counted.
    signatures: dict[str, Json] = {"signatures": outcome.signatures} if outcome.signatures else {}
    return (
        counts
        | signatures
        | {
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
    )


def of_json(said: Mapping[str, Any]) -> Outcome:
    """Read what `as_json` wrote."""
    counts = {name: int(said[name]) for name in _COUNTS}
    people = tuple(UUID(one) for one in said["people"])
    counts |= {name: int(said.get(name, 0)) for name in _LATER}
    receivers = tuple(_receiver(one) for one in said["receivers"])
    return Outcome(**counts, people=people, receivers=receivers)


def _receiver(said: Mapping[str, Any]) -> Receiver:
    at = said["confirmed_at"]
    confirmed = datetime.fromisoformat(at) if at else None
    return Receiver(said["name"], UUID(said["message"]), Told(said["told"]), confirmed)
