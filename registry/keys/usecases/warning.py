"""Warnings before a key's end: once a step, in the trail and as a task of the operator."""

from uuid import UUID

from registry.errors import NotFoundError
from registry.keys import facts, models
from registry.keys.rules import Key, warning_of
from registry.trail.entries import EntryType
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Case, Subject

DEFINITION = "key-expiry"
FIRST = 60


def warn(work: Work, key_id: UUID) -> Key:
    """Tell the operator that a key in use comes to its end; quiet when this step was told before."""
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    step = warning_of(key, work.now)
    if step is None or (key.warned is not None and key.warned <= step):
        return key
    key = models.change(work.connection, key, warned=step)
    work.record(facts.entry(EntryType.KEY_EXPIRING, key))
    case = task_of(work, key)
    if case is None:
        case = workflows.start(work, DEFINITION, _subject(key), key.school_id)
    if case.state != f"in_{step}":
        workflows.advance(work, case.id, f"to_{step}")
    return key


def settle(work: Work, key: Key, transition: str) -> None:
    """Close the task of a key that is used no longer, or note that its end was moved."""
    case = task_of(work, key)
    if case is not None and case.closed_at is None and case.state != "renewed":
        workflows.advance(work, case.id, transition)


def task_of(work: Work, key: Key) -> Case | None:
    """Find the task that a key's end became; none while it is far."""
    try:
        return workflows.case_of(work, DEFINITION, _subject(key))
    except NotFoundError:
        return None


def _subject(key: Key) -> Subject:
    return Subject(facts.KIND, key.id)
