"""By the clock: receipts go out by e-mail, and the cases of requests follow what was decided.

The act itself writes nothing for either, so that the last click stays quick: what was not seen to yet is
found from the acts.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from registry.consents.models import receipts
from registry.consents.models.news import Mark, every_part, move_mark, read_mark, students_with_news
from registry.consents.models.receipts import BATCH, acts_without_letter, mark_is_late
from registry.consents.rounds import follow_school
from registry.consents.rules.receipts import QUIET, Unwritten, due_sittings
from registry.consents.usecases.following import follow_students
from registry.consents.usecases.receipt_letters import write_receipts
from registry.consents.usecases.requesting import FOLLOW
from registry.jobs.names import tick
from registry.trail.entries import SYSTEM
from registry.work import Registry

FEW = 20
"""For more students than these the whole school is read once, which costs less than one by one."""

log = logging.getLogger(__name__)


@tick("consents.receipts", timedelta(minutes=1))
def send_receipts(registry: Registry) -> None:
    """Write the receipt letters of those who have done nothing more for some minutes."""
    write_due(registry, registry.now() - QUIET)


def write_due(registry: Registry, quiet_since: datetime) -> None:
    """Write the letters of those who have been quiet since a time, each in a transaction of its own."""
    while True:
        waiting = _waiting(registry)
        written = sum(_write(registry, one) for one in due_sittings(waiting, quiet_since))
        if not written or len(waiting) < BATCH:
            break
    _move_mark(registry)


def _waiting(registry: Registry) -> list[Unwritten]:
    with registry.reading(SYSTEM) as work:
        return acts_without_letter(work.connection, work.now)


def _write(registry: Registry, sitting: Sequence[Unwritten]) -> bool:
    """Write one letter; one that goes wrong keeps nobody else's back, and comes again."""
    try:
        with registry.work(SYSTEM) as work:
            write_receipts(work, registry.trail, sitting)
    except Exception:
        log.exception("receipt-failed", extra={"act": str(sitting[0].id)})
        return False
    return True


def _move_mark(registry: Registry) -> None:
    """Look from the first act that still waits on, from now on."""
    with registry.reading(SYSTEM) as work:
        left = acts_without_letter(work.connection, work.now)
        until = min((one.made_at for one in left), default=work.now)
        late = mark_is_late(work.connection, until)
    if late:
        with registry.work(SYSTEM) as work:
            receipts.move_mark(work.connection, until)


@tick("consents.requests", timedelta(minutes=1))
def follow_decisions(registry: Registry) -> None:
    """Let cases follow the acts of the last minutes, and once on each legal day whatever else changed."""
    with registry.reading(SYSTEM) as work:
        mark = read_mark(work.connection)
        now = Mark(work.now, max(work.today, mark.on) if mark else work.today)
        new_day = mark is None or mark.on < now.on
        since = min(mark.until, work.now) if mark else work.now
        news = students_with_news(work.connection, since) if mark else {}
    if not new_day and not news:
        return
    followed = [_follow(registry, *part, students) for part, students in news.items()]
    with registry.work(SYSTEM) as work:
        if new_day:
            for school_id, programme_id in every_part(work.connection):
                work.later(FOLLOW, school_id=str(school_id), programme_id=programme_id)
        move_mark(work.connection, now if all(followed) else Mark(since, now.on))


def _follow(registry: Registry, school_id: UUID, programme_id: str, students: set[UUID]) -> bool:
    """Follow one school's news; one that goes wrong keeps nobody else's back, and comes again."""
    try:
        if len(students) > FEW:
            follow_school(registry, school_id, programme_id)
            return True
        with registry.work(SYSTEM) as work:
            follow_students(work, school_id, programme_id, students)
    except Exception:
        log.exception("requests-not-followed", extra={"school": str(school_id)})
        return False
    return True
