"""The inside of a step: the new standing, the line of history, the trail entry, effects and promises."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from registry.errors import N_, ConflictError
from registry.storage.failpoints import reach
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows import models
from registry.workflows.cases import Case, Happening, Refused, Step, facts, own_version
from registry.workflows.deadlines import Waiting, legal_now, next_due
from registry.workflows.definition import Definition, StateKind, Transition
from registry.workflows.names import NAMES

NOTE = "case_history.note"
NOT_BEFORE = "not_before"
"""Key of a step's context: the ISO time before which the jobs that it promises are not kept."""

_TYPES = {
    Happening.STARTED: EntryType.CASE_STARTED,
    Happening.MOVED: EntryType.CASE_MOVED,
    Happening.REMINDED: EntryType.CASE_ESCALATED,
    Happening.ESCALATED: EntryType.CASE_ESCALATED,
    Happening.HELD: EntryType.CASE_ESCALATED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """What a change adds to the history besides the case itself."""

    kind: Happening
    source: str | None = None
    transition: str | None = None
    reason: str | None = None
    note: str | None = None


def refusal(work: Work, case: Case, step: Transition) -> Refused | None:
    """Ask the guards of a step in their order; the first that refuses is the answer."""
    answers = (NAMES.guards[name](work, case) for name in step.guards)
    return next((answer for answer in answers if answer is not None), None)


def move(work: Work, definition: Definition, case: Case, step: Transition) -> Case:
    """Take a step whose guards were asked, and then every immediate one that follows.

    Raises:
        ConflictError: somebody changed the case since it was read.
    """
    moved = _take(work, definition, case, step)
    return settle(work, definition, moved)


def settle(work: Work, definition: Definition, case: Case) -> Case:
    """Take immediate steps until none is left; a definition with a circle of them was refused at load."""
    while (step := _at_once(work, definition, case)) is not None:
        case = _take(work, definition, case, step)
    return case


def arrive(work: Work, definition: Definition, case: Case, state: str) -> Case:
    """A case as it stands when it enters a state now: revision, deadline, assignee, end."""
    entered_at = legal(work)
    entered = definition.state(state)
    due = next_due(definition, Waiting(state, entered_at, case.dates, work.settings.timezone))
    return replace(
        case,
        state=state,
        revision=case.revision + 1,
        entered_at=entered_at,
        due_at=None if due is None else due.at,
        due_line=None if due is None else due.line,
        assignee_role=entered.assignee,
        assignee_person=None,
        closed_at=work.now if entered.kind is StateKind.END else None,
    )


def wait_on(work: Work, definition: Definition, case: Case) -> Case:
    """The case waiting for the deadline after the one that passed."""
    waiting = Waiting(case.state, case.entered_at, case.dates, work.settings.timezone)
    due = next_due(definition, waiting, case.due_line)
    return replace(
        case,
        revision=case.revision + 1,
        due_at=None if due is None else due.at,
        due_line=None if due is None else due.line,
    )


def legal(work: Work) -> datetime:
    """Now, on the legal day."""
    return legal_now(work.now, work.today, work.settings.timezone)


def change(work: Work, case: Case, line: Line) -> None:
    """Write a changed case with its history and its trail entry.

    Raises:
        ConflictError: somebody changed the case since the revision before this one.
    """
    if not models.change(work.connection, case, case.revision - 1):
        raise ConflictError(
            N_("Дело уже изменил кто-то другой. Обновите страницу и посмотрите, что изменилось."),
            code="stale-revision",
        )
    reach("case.changed-before-history")
    tell(work, case, line)


def tell(work: Work, case: Case, line: Line) -> None:
    """Write the line of history and the trail entry of a change that was just made."""
    actor = work.actor
    step = Step(
        number=case.revision,
        kind=line.kind,
        source=line.source,
        target=case.state,
        transition=line.transition,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_role=actor.role,
        at=work.now,
        reason=line.reason,
    )
    note = work.vault.seal_shared(NOTE, case.id, line.note) if line.note else None
    models.add_step(work.connection, case, step, note)
    reach("case.history-before-entry")
    about = ObjectRef("case", case.id, own_version(case))
    work.record(Entry(_TYPES[line.kind], about, facts(case), case.school_id))


def promise(work: Work, case: Case, jobs: Iterable[str]) -> None:
    """Promise jobs about a case; each gets the ids of the case and of its subject."""
    wanted = case.context.get(NOT_BEFORE)
    due = datetime.fromisoformat(wanted) if isinstance(wanted, str) else None
    for job in jobs:
        work.later(job, due=due, case_id=str(case.id), subject_id=str(case.subject.id))


def _take(work: Work, definition: Definition, case: Case, step: Transition) -> Case:
    moved = arrive(work, definition, case, step.target)
    change(work, moved, _line(case, step))
    reach("case.before-effects")
    for name in step.effects:
        NAMES.effects[name](work, moved)
    reach("case.before-promises")
    promise(work, moved, step.jobs)
    return moved


def _line(case: Case, step: Transition) -> Line:
    """What was said belongs to the step that somebody took, not to those that follow by themselves."""
    said = {} if step.immediate else {key: case.context.get(key) for key in ("reason", "note")}
    words = {key: value for key, value in said.items() if isinstance(value, str)}
    return Line(Happening.MOVED, case.state, step.id, **words)


def _at_once(work: Work, definition: Definition, case: Case) -> Transition | None:
    ways = (step for step in definition.ways_out(case.state) if step.immediate)
    return next((step for step in ways if refusal(work, case, step) is None), None)
