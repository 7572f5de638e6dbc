"""The clock of the engine: finds cases whose deadline passed and does what the definition says."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from registry.errors import RegistryError
from registry.jobs.names import tick
from registry.storage.failpoints import reach
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from registry.workflows import models, moving, versions
from registry.workflows.cases import Case, Happening
from registry.workflows.deadlines import Due, Waiting, due_after, moment_of, next_due, passed_too
from registry.workflows.definition import Deadline, Definition
from registry.workflows.models.counting import count_anew
from registry.workflows.moving import Change, Line
from registry.workflows.timing import UNCOUNTED, counted, legal, moment, standing, waiting

BATCH = 200
EVERY = timedelta(seconds=10)
COUNTED_EVERY = timedelta(minutes=1)
AGAIN = timedelta(days=1)
"""How long a deadline waits whose step was refused, or failed twice in a row."""
SOON = timedelta(seconds=30)
"""How long one waits whose step failed once: what only stumbled (a deadlock, say) need not cost a day."""
FAILED = "failed"
NO_LINE = -1
"""Comes before every deadline of the same moment."""

log = logging.getLogger(__name__)


def due(work: Work, limit: int = BATCH) -> list[Case]:
    """Cases whose deadline passed, the longest waiting first; they stay this transaction's on PostgreSQL."""
    return models.find_due(work.connection, legal(work), limit)


def escalate(work: Work, case: Case) -> Case:
    """Do what the passed deadline of a case says; what cannot be done is noted and tried again later.

    One case that goes wrong takes nothing with it: it stands in a savepoint of its own. One that another case
    of this transaction moved meanwhile is left as it is: if it is still due, it is found again.
    """
    try:
        with work.connection.begin_nested():
            return _pass(work, case)
    except RegistryError as error:
        return case if error.slug == moving.STALE else _hold(work, case, error.slug)
    except Exception:
        log.exception("deadline-failed", extra={"case": str(case.id)})
        return _hold(work, case, FAILED, AGAIN if _failed_before(work, case) else SOON)


@tick("workflows.clock", EVERY)
def follow_clock(registry: Registry) -> None:
    """Take batch after batch of due cases until none is left."""
    while _some_due(registry) and take_batch(registry):
        pass


@tick("workflows.count", COUNTED_EVERY)
def count_cases(registry: Registry) -> None:
    """Count the cases of processes that have a great many, for their drawings."""
    with registry.work(SYSTEM) as work:
        count_anew(work.connection, moment(work))


def take_batch(registry: Registry) -> int:
    """Escalate one batch in one transaction; give its size: 0 when other workers hold all that is due."""
    with registry.work(SYSTEM) as work:
        batch = due(work)
        reach("clock.batch-taken")
        together = _escalate_together(work, batch)
        for case in batch:
            if case.id not in together:
                escalate(work, case)
            reach("clock.case-passed")
    return len(batch)


def _escalate_together(work: Work, batch: Sequence[Case]) -> frozenset[UUID]:
    """Write in one set what only reminds, or gives a case to a role; name the cases of which that was all.

    Where the set goes wrong nothing of it stays, and each case has to be looked at by itself.
    """
    try:
        with work.connection.begin_nested():
            changes = [change for case in batch if (change := _only_told(work, case)) is not None]
            if changes:
                moving.change_all(work, changes)
    except Exception:
        log.exception("deadlines-one-by-one", extra={"cases": len(batch)})
        return frozenset()
    return frozenset(one.case.id for one in changes)


def _only_told(work: Work, case: Case) -> Change | None:
    definition = versions.definition_of(work.connection, case)
    line = definition.deadlines[case.due_line or 0]
    only = line.then is None and line.birthday is None and case.due_turn != UNCOUNTED
    return _waits(work, definition, case, line) if only else None


def _some_due(registry: Registry) -> bool:
    with registry.reading(SYSTEM) as work:
        return models.any_due(work.connection, legal(work))


def _pass(work: Work, case: Case) -> Case:
    definition = versions.definition_of(work.connection, case)
    line = definition.deadlines[case.due_line or 0]
    if case.due_turn == UNCOUNTED:
        later = replace(case, **counted(work, definition, case))
        models.look_later(work.connection, later)
        return later
    if line.birthday is not None and not _has_come(work, definition, case):
        return _look_again(work, definition, case)
    step = definition.transition(line.then) if line.then is not None else None
    if step is None:
        waits = _waits(work, definition, case, line)
        moving.change_all(work, [waits])
        return waits.case
    refused = moving.refusal(work, case, step)
    if refused is not None:
        return _hold(work, case, refused.code)
    if line.remind is not None:
        moving.promise(work, case, [line.remind])
    return moving.move(work, definition, case, step)


def _has_come(work: Work, definition: Definition, case: Case) -> bool:
    number, turn = case.due_line or 0, case.due_turn or 0
    moment = moment_of(definition.deadlines[number], turn, waiting(work, definition, case))
    return moment is not None and moment <= legal(work)


def _look_again(work: Work, definition: Definition, case: Case) -> Case:
    """Wait for another day without a word: a birthday of this month, or a birth date that was corrected."""
    ground = waiting(work, definition, case)
    due = due_after(definition, ground, Due(case.due_at or case.entered_at, NO_LINE))
    later = replace(case, **standing(work, definition, ground, due))
    models.look_later(work.connection, later)
    return later


def _waits(work: Work, definition: Definition, case: Case, line: Deadline) -> Change:
    """Remind and escalate; what a later deadline that passed as well would do again is left to that one."""
    ground = waiting(work, definition, case)
    following = next_due(definition, ground, case.due_line, case.due_turn or 0)
    passed = list(passed_too(definition, ground, following, legal(work)))
    if passed and _all_done_by(line, definition, passed):
        return _skipped(work, definition, case, ground, passed)
    again = {None, *(definition.deadlines[due.line].remind for due in passed)}
    jobs = tuple(job for job in [line.remind] if job is not None and job not in again)
    waits = replace(case, revision=case.revision + 1, **standing(work, definition, ground, following))
    kind = Happening.REMINDED
    if line.escalate is not None:
        waits = replace(waits, assignee_role=line.escalate, assignee_person=None)
        kind = Happening.ESCALATED
    return Change(waits, Line(kind, case.state), jobs)


def _all_done_by(line: Deadline, definition: Definition, passed: Sequence[Due]) -> bool:
    """Whether deadlines that passed later send the same reminder and give the case to the same role."""
    later = [definition.deadlines[due.line] for due in passed]
    reminders = {None, *(one.remind for one in later)}
    roles = {None, *(one.escalate for one in later)}
    return line.remind in reminders and line.escalate in roles


def _skipped(
    work: Work, definition: Definition, case: Case, ground: Waiting, passed: Sequence[Due]
) -> Change:
    """Note in one line all that is left out: the case is due again at once, for the first that is not."""
    skipped = 1
    while not _is_last(definition, passed[skipped - 1 :]):
        skipped += 1
    waits = standing(work, definition, ground, passed[skipped - 1])
    later = replace(case, revision=case.revision + 1, **waits)
    return Change(later, Line(Happening.SKIPPED, case.state, reason=f"skipped-{skipped}"))


def _is_last(definition: Definition, passed: Sequence[Due]) -> bool:
    """Whether the first of these does something that none after it does."""
    return not _all_done_by(definition.deadlines[passed[0].line], definition, passed[1:])


def _failed_before(work: Work, case: Case) -> bool:
    last = models.history(work.connection, case.id)[-1]
    return last.kind is Happening.HELD and last.reason == FAILED


def _hold(work: Work, case: Case, reason: str, pause: timedelta = AGAIN) -> Case:
    held = replace(case, revision=case.revision + 1, due_at=legal(work) + pause)
    moving.change(work, held, Line(Happening.HELD, case.state, reason=reason[:64]))
    return held
