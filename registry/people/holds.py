"""What stands on people in the rooms above, asked by name: the room that owns such facts answers for them."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from registry.work import Work


class Hold(StrEnum):
    """What may stand on a person; each has one owner."""

    ACT = "act"
    SUBMISSION = "submission"


Owner: TypeAlias = Callable[[Work, UUID, datetime], Collection[UUID]]
"""Names the persons of a school on whom something stands that was made since a moment."""

OWNERS: dict[Hold, Owner] = {}
"""Filled while the app is put together."""


def answers_for(hold: Hold) -> Callable[[Owner], Owner]:
    """Own the answer for one kind of hold."""

    def remember(owner: Owner) -> Owner:
        if hold in OWNERS:
            message = f"two rooms answer for {hold}"
            raise ValueError(message)
        OWNERS[hold] = owner
        return owner

    return remember


def check_owners() -> None:
    """Refuse to start when a room that answers is missing: a list must not be undone without its answer."""
    if missing := set(Hold) - OWNERS.keys():
        message = f"nobody answers for {', '.join(sorted(missing))}"
        raise RuntimeError(message)


def held_since(work: Work, school_id: UUID, since: datetime) -> Mapping[UUID, Hold]:
    """Ask every owner on whom something stands that was made since a moment."""
    check_owners()
    return {person: hold for hold in reversed(Hold) for person in OWNERS[hold](work, school_id, since)}
