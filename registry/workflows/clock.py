"""The clock of the engine: finds cases whose deadline passed and does what the definition says."""

import logging
from dataclasses import replace
from datetime import timedelta

from registry.errors import RegistryError
from registry.jobs.names import tick
from registry.storage.failpoints import reach
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from registry.workflows import models, moving, versions
from registry.workflows.cases import Case, Happening
from registry.workflows.definition import Deadline, Definition
from registry.workflows.models.counting import count_anew

BATCH = 200
EVERY = timedelta(seconds=10)
COUNTED_EVERY = timedelta(minutes=1)
AGAIN = timedelta(days=1)
"""How long a deadline waits whose step was refused, or failed twice in a row."""
SOON = timedelta(seconds=30)
"""How long one waits whose step failed once: what only stumbled (a deadlock, say) need not cost a day."""
FAILED = "failed"

log = logging.getLogger(__name__)


def due(work: Work, limit: int = BATCH) -> list[Case]:
    """Cases whose deadline passed, the longest waiting first; they stay this transaction's on PostgreSQL."""
    return models.find_due(work.connection, moving.legal(work), limit)


def escalate(work: Work, case: Case) -> Case:
    """Do what the passed deadline of a case says; what cannot be done is noted and tried again later.

    One case that goes wrong takes nothing with it: it stands in a savepoint of its own.
    """
    try:
        with work.connection.begin_nested():
            return _pass(work, case)
    except RegistryError as error:
        return _hold(work, case, error.slug)
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
        count_anew(work.connection, moving.moment(work))


def take_batch(registry: Registry) -> int:
    """Escalate one batch in one transaction; give its size: 0 when other workers hold all that is due."""
    with registry.work(SYSTEM) as work:
        batch = due(work)
        reach("clock.batch-taken")
        for case in batch:
            escalate(work, case)
            reach("clock.case-passed")
    return len(batch)


def _some_due(registry: Registry) -> bool:
    with registry.reading(SYSTEM) as work:
        return models.any_due(work.connection, moving.legal(work))


def _pass(work: Work, case: Case) -> Case:
    definition = versions.definition_of(work.connection, case)
    line = definition.deadlines[case.due_line or 0]
    if line.remind is not None:
        moving.promise(work, case, [line.remind])
    step = definition.transition(line.then) if line.then is not None else None
    if step is None:
        return _wait(work, definition, case, line)
    refused = moving.refusal(work, case, step)
    if refused is not None:
        return _hold(work, case, refused.code)
    return moving.move(work, definition, case, step)


def _wait(work: Work, definition: Definition, case: Case, line: Deadline) -> Case:
    waiting = moving.wait_on(work, definition, case)
    kind = Happening.REMINDED
    if line.escalate is not None:
        waiting = replace(waiting, assignee_role=line.escalate, assignee_person=None)
        kind = Happening.ESCALATED
    moving.change(work, waiting, moving.Line(kind, case.state))
    return waiting


def _failed_before(work: Work, case: Case) -> bool:
    last = models.history(work.connection, case.id)[-1]
    return last.kind is Happening.HELD and last.reason == FAILED


def _hold(work: Work, case: Case, reason: str, pause: timedelta = AGAIN) -> Case:
    held = replace(case, revision=case.revision + 1, due_at=moving.legal(work) + pause)
    moving.change(work, held, moving.Line(Happening.HELD, case.state, reason=reason[:64]))
    return held
