"""By the clock: the schools in which something happened are followed soon after, and all on a new legal day.

Every change has its entry in the trail, so the trail tells where to look; a birthday changes a decision
without any, so a new day looks at every school.
"""

import logging
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from registry.jobs.names import tick
from registry.storage import marks
from registry.submissions.classes import follow
from registry.submissions.models import collections
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work

MARK: Final = "submissions.classes"
MARK_OF_DAY: Final = "submissions.classes.day"
SLACK: Final = timedelta(minutes=3)
"""How far before its mark the clock looks again; what is later still is seen on the next day."""
FOLLOW: Final = "submissions.follow_classes"

log = logging.getLogger(__name__)


@tick("submissions.classes", timedelta(minutes=2))
def look_at_schools(registry: Registry) -> None:
    """Follow the classes of each school where something happened since the last look.

    On a new legal day every school is to be followed: a promise for each.
    """
    with registry.reading(SYSTEM) as work:
        new_day, until = _is_new_day(work), work.now
        touched = set() if new_day else _touched(work)
        parts = collections.taking_part(work.connection, touched) if touched else []
    if not new_day and not touched:
        return
    followed = [_follow(registry, *part) for part in parts]
    with registry.work(SYSTEM) as work:
        if new_day:
            for school_id, programme in collections.taking_part(work.connection):
                work.later(FOLLOW, school_id=str(school_id), programme_id=programme)
            marks.move_mark(work.connection, MARK_OF_DAY, _midnight(work.today))
        if all(followed):
            marks.move_mark(work.connection, MARK, until)


def _follow(registry: Registry, school_id: UUID, programme: str) -> bool:
    """Follow one school; one that goes wrong keeps nobody else's back, and comes again."""
    try:
        with registry.work(SYSTEM) as work:
            follow(work, school_id, programme)
    except Exception:
        log.exception("classes-not-followed", extra={"school": str(school_id)})
        return False
    return True


def _touched(work: Work) -> set[UUID]:
    first = marks.first_new(work.connection, MARK, work.now, SLACK)
    return collections.touched_since(work.connection, first)


def _is_new_day(work: Work) -> bool:
    seen = marks.read_mark(work.connection, MARK_OF_DAY)
    return seen is None or seen < _midnight(work.today)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
