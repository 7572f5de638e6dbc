"""By the clock: when a programme's consents are over, what was kept for each gets its day of destruction."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from registry.consents.models.acts import ActRow, acts_of_programme
from registry.consents.models.news import every_part
from registry.consents.rules.acts import ActKind, counting
from registry.jobs.names import tick
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind
from registry.rights.clock import begin_by
from registry.rights.models import destructions
from registry.rights.rules import Withdrawal, ends_of_purpose
from registry.rights.shredding import purpose_is_over
from registry.storage import marks
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work

log = logging.getLogger(__name__)
MARK: Final = "rights.purposes.day"


@tick("rights.purposes", timedelta(minutes=10))
def follow_purposes(registry: Registry) -> None:
    """Once on each legal day, begin the destructions of consents whose purpose is over."""
    with registry.reading(SYSTEM) as work:
        midnight = datetime.combine(work.today, time(), UTC)
        seen = marks.read_mark(work.connection, MARK)
        if seen is not None and seen >= midnight:
            return
        parts = [one for one in every_part(work.connection) if purpose_is_over(work, *one)]
    begun = [_end(registry, *one) for one in parts]
    if all(begun):
        with registry.work(SYSTEM) as work:
            marks.move_mark(work.connection, MARK, midnight)


def _end(registry: Registry, school_id: UUID, programme_id: str) -> bool:
    """Begin those of one school; one that goes wrong keeps no other back, and comes again."""
    with registry.reading(SYSTEM) as work:
        found = list(kept_for_nothing(work, school_id, programme_id))
        until = participation_of(work.connection, school_id, programme_id).programme.valid_until
    begun = [_begin(registry, one, until) for one in found]
    return all(begun)


def kept_for_nothing(work: Work, school_id: UUID, programme_id: str) -> Iterator[Withdrawal]:
    """Name the consents that stand given and have no destruction yet; agreements are left out."""
    last: dict[UUID, ActRow] = {}
    for one in counting(acts_of_programme(work.connection, school_id, programme_id)):
        last[one.consent_id] = one
    given = {act.id: act for act in last.values() if _holds(act)}
    for act_id in given.keys() - destructions.begun_of(work.connection, school_id, given):
        act = given[act_id]
        yield Withdrawal(school_id, programme_id, act.consent_id, act.id, act.on_day, act.recorded_at)


def _holds(act: ActRow) -> bool:
    return act.kind is ActKind.GIVEN and act.notice is not NoticeKind.CODE_AGREEMENT


def _begin(registry: Registry, one: Withdrawal, valid_until: date) -> bool:
    try:
        with registry.work(SYSTEM) as work:
            begin_by(work, one, ends_of_purpose(valid_until, work.today))
    except Exception:
        log.exception("destruction-not-begun", extra={"act": str(one.act_id)})
        return False
    return True
