"""By the clock: each withdrawal gets its day of destruction; whoever withdraws waits for none of it."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from registry.errors import ConflictError
from registry.jobs.names import tick
from registry.rights import facts
from registry.rights.models import destructions
from registry.rights.rules import TERM, Destruction, Withdrawal, received_on
from registry.storage import marks
from registry.trail.entries import SYSTEM, EntryType
from registry.work import Registry, Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Subject

log = logging.getLogger(__name__)
MARK = "rights.destructions"
SUBJECT = "destruction"


@tick("rights.destructions", timedelta(minutes=1))
def follow_withdrawals(registry: Registry) -> None:
    """Begin the destructions of new withdrawals, and drop those of documents that were given again."""
    with registry.reading(SYSTEM) as work:
        first = marks.first_new(work.connection, MARK, work.now)
        looked_until, late = work.now, marks.mark_is_late(work.connection, MARK, work.now)
        again = destructions.given_again(work.connection, first)
    whole = _begin_all(registry, first)
    for one in again:
        _drop(registry, one)
    if late and whole:
        with registry.work(SYSTEM) as work:
            marks.move_mark(work.connection, MARK, looked_until)


def begin(work: Work, withdrawal: Withdrawal) -> Destruction:
    """Begin the destruction that a withdrawal brings: its last day is counted from the day of receipt.

    Raises:
        ConflictError: it was begun already.
    """
    recorded = withdrawal.recorded_at.astimezone(work.settings.timezone).date()
    received = received_on(withdrawal, recorded, work.today)
    return begin_by(work, withdrawal, (received, received + TERM))


def begin_by(work: Work, withdrawal: Withdrawal, days: tuple[date, date]) -> Destruction:
    """Begin a destruction whose days are known: from which on, and the last one.

    Raises:
        ConflictError: it was begun already.
    """
    received, last_day = days
    made_id = work.new_id()
    case = workflows.start(
        work, "destruction", Subject(SUBJECT, made_id), withdrawal.school_id, dates={"last_day": last_day}
    )
    made = Destruction(
        id=made_id,
        school_id=withdrawal.school_id,
        programme=withdrawal.programme,
        consent_id=withdrawal.consent_id,
        act_id=withdrawal.act_id,
        case_id=case.id,
        received_on=received,
        last_day=last_day,
        begun_at=work.now,
    )
    destructions.add(work.connection, made)
    work.record(facts.destruction_entry(EntryType.DESTRUCTION_BEGUN, made))
    return made


def _begin_all(registry: Registry, first: UUID) -> bool:
    """Begin batch after batch; false when one went wrong: it keeps no other back, and comes again."""
    while True:
        with registry.reading(SYSTEM) as work:
            found: Sequence[Withdrawal] = destructions.withdrawn_since(work.connection, first)
        begun = [_begin_one(registry, one) for one in found]
        if len(found) < destructions.MOST or not any(begun):
            return all(begun)


def _begin_one(registry: Registry, one: Withdrawal) -> bool:
    try:
        with registry.work(SYSTEM) as work:
            begin(work, one)
    except Exception:
        log.exception("destruction-not-begun", extra={"act": str(one.act_id)})
        return False
    return True


def _drop(registry: Registry, one: Destruction) -> None:
    try:
        with registry.work(SYSTEM) as work:
            workflows.advance(work, one.case_id, "drop", context={"reason": "given-again"})
    except ConflictError as refused:
        log.warning("destruction-not-dropped", extra={"case": str(one.case_id), "code": refused.slug})
