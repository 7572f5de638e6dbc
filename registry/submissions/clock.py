"""By the clock: the schools in which something happened are followed soon after, and all on a new legal day.

Every change has its entry in the trail, so the trail tells where to look; a birthday changes a decision
without any, so a new day looks at every school.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from registry.jobs.names import tick
from registry.storage import marks
from registry.submissions.models import collections
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work

MARK: Final = "submissions.classes"
MARK_OF_DAY: Final = "submissions.classes.day"
SLACK: Final = timedelta(minutes=3)
"""How far before its mark the clock looks again; what is later still is seen on the next day."""
FOLLOW: Final = "submissions.follow_classes"


@tick("submissions.classes", timedelta(minutes=2))
def look_at_schools(registry: Registry) -> None:
    """Promise to follow the classes of each school where something happened since the last look."""
    with registry.reading(SYSTEM) as work:
        if not _is_new_day(work) and not _touched(work):
            return
    with registry.work(SYSTEM) as work:
        touched = None if _is_new_day(work) else _touched(work)
        for school_id, programme in collections.taking_part(work.connection, touched):
            work.later(FOLLOW, school_id=str(school_id), programme_id=programme)
        marks.move_mark(work.connection, MARK, work.now)
        marks.move_mark(work.connection, MARK_OF_DAY, _midnight(work.today))


def _touched(work: Work) -> set[UUID]:
    first = marks.first_new(work.connection, MARK, work.now, SLACK)
    return collections.touched_since(work.connection, first)


def _is_new_day(work: Work) -> bool:
    return marks.read_mark(work.connection, MARK_OF_DAY) != _midnight(work.today)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
