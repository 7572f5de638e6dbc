"""In which time zone a school's days begin and end, for the deadlines of its cases."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.errors import NotFoundError
from registry.people.models import places
from registry.work import Work

KEPT: Final = timedelta(minutes=1)
"""So long a process believes what it read: the engine asks at each step, and a school moves but once."""

_seen: dict[UUID, tuple[datetime, ZoneInfo | None]] = {}


def zone_of_school(work: Work, school_id: UUID | None) -> ZoneInfo:
    """Give the zone of a school; the installation's for what belongs to no school, or to one not known."""
    if school_id is None:
        return work.settings.timezone
    read_at, zone = _seen.get(school_id, (work.now - KEPT, None))
    if abs(work.now - read_at) >= KEPT:
        zone = _read(work, school_id)
        _seen[school_id] = (work.now, zone)
    return zone or work.settings.timezone


def _read(work: Work, school_id: UUID) -> ZoneInfo | None:
    try:
        return places.get_school(work.connection, school_id).timezone
    except NotFoundError:
        return None
