"""The inside of a step: the new standing, the line of history, the trail entry, effects and promises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from registry.errors import N_, ConflictError
from registry.storage.failpoints import reach
from registry.storage.outbox import Promised
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows import models, versions
from registry.workflows.cases import Case, Happening, Refused, Step, facts, own_version
from registry.workflows.definition import Definition, StateKind, Transition, WaitsFor
from registry.workflows.names import NAMES
from registry.workflows.timing import first_due, legal

NOTE = "case_history.note"
STALE = "stale-revision"
NOT_BEFORE = "not_before"
"""Key of a step's context: the ISO time before which the jobs that it promises are not kept."""

_TYPES = {
    Happening.STARTED: EntryType.CASE_STARTED,
    Happening.MOVED: EntryType.CASE_MOVED,
    Happening.REMINDED: EntryType.CASE_ESCALATED,
    Happening.SKIPPED: EntryType.CASE_ESCALATED,
    Happening.ESCALATED: EntryType.CASE_ESCALATED,
    Happening.HELD: EntryType.CASE_ESCALATED,
    Happening.TAKEN: EntryType.TASK_GIVEN,
    Happening.HANDED_OVER: EntryType.TASK_GIVEN,
    Happening.PUT_BACK: EntryType.TASK_GIVEN,
    Happening.COMMENTED: EntryType.CASE_COMMENTED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """What a change adds to the history besides the case itself."""

    kind: Happening
    source: str | None = None
    transition: str | None = None
    reason: str | None = None
    note: str | None = None
    given_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it stands after a change, what the history says of it, and the jobs that it promises."""

    case: Case
    line: Line
    jobs: tuple[str, ...] = ()


def refusal(work: Work, case: Case, step: Transition) -> Refused | None:
    """Ask the sub-cases that a step waits for, then its guards in order; the first refusal is the answer."""
    if step.waits_for is not None:
        waits = _parts_missing(work, case, step.waits_for)
        if waits is not None:
            return waits
    answers = (NAMES.guards[name](work, case) for name in step.guards)
    return next((answer for answer in answers if answer is not None), None)


def move(work: Work, definition: Definition, case: Case, step: Transition) -> Case:
    """Take a step whose guards were asked, and then every immediate one that follows, here and above.

    Raises:
        ConflictError: somebody changed the case since it was read.
    """
    hold_above(work, case)
    moved = _take(work, definition, case, step)
    return settle(work, definition, moved)


def settle(work: Work, definition: Definition, case: Case) -> Case:
    """Take immediate steps until none is left, and then those of the case that waits for this one.

    A definition with a circle of them was refused at load.
    """
    case = settle_alone(work, definition, case)
    if case.parent_id is not None:
        settle_above(work, case.parent_id)
    return case


def settle_alone(work: Work, definition: Definition, case: Case) -> Case:
    """Take immediate steps of a case until none is left."""
    while (step := _at_once(work, definition, case)) is not None:
        case = _take(work, definition, case, step)
    return case


def hold_above(work: Work, case: Case) -> Case | None:
    """Hold the case that this one is part of, before this one is changed.

    So of two parts that move at once the later one sees where the earlier one stands.
    """
    return None if case.parent_id is None else models.hold(work.connection, case.parent_id)


def settle_above(work: Work, parent_id: UUID) -> None:
    """Take the immediate steps of a case whose sub-cases changed, where it waits for them."""
    parent = models.find(work.connection, parent_id)
    if parent is None or parent.closed_at is not None:
        return
    definition = versions.definition_of(work.connection, parent)
    if any(step.immediate and step.waits_for for step in definition.ways_out(parent.state)):
        settle(work, definition, parent)


def _parts_missing(work: Work, case: Case, waits_for: WaitsFor) -> Refused | None:
    every, ready = models.count_parts(work.connection, case.id, waits_for)
    if every and every == ready:
        return None
    if not every:
        return Refused(N_("Подчинённых дел ещё нет: ждать нечего, шаг невозможен."), code="no-sub-cases")
    return Refused(
        N_("Готовы не все подчинённые дела: %(ready)s из %(every)s."),
        {"ready": ready, "every": every},
        code="sub-cases-open",
    )


def arrive(
    work: Work, definition: Definition, case: Case, state: str, births: Mapping[UUID, date] | None = None
) -> Case:
    """A case as it stands when it enters a state now: revision, deadline, assignee, end.

    Raises:
        SettingsError: a production calendar is broken, or ends before a deadline does.
    """
    entered = definition.state(state)
    arrived = replace(
        case,
        state=state,
        revision=case.revision + 1,
        entered_at=legal(work),
        assignee_role=entered.assignee,
        assignee_person=None,
        closed_at=work.now if entered.kind is StateKind.END else None,
    )
    return replace(arrived, **first_due(work, definition, arrived, births))


def change(work: Work, case: Case, line: Line) -> None:
    """Write a changed case with its history and its trail entry.

    Raises:
        ConflictError: somebody changed the case since the revision before this one.
    """
    change_all(work, [Change(case, line)])


def change_all(work: Work, changes: Sequence[Change]) -> None:
    """Write changes of different cases with all that belongs to them, in as many statements as for two cases.

    Raises:
        ConflictError: somebody changed one of the cases since the revision before its change.
    """
    if not models.change(work.connection, [one.case for one in changes]):
        raise ConflictError(
            N_("Дело уже изменил кто-то другой. Обновите страницу и посмотрите, что изменилось."),
            code=STALE,
        )
    reach("case.changed-before-history")
    tell_all(work, changes)
    promised = [Promised(job, _about(one.case)) for one in changes for job in one.jobs]
    if promised:
        work.later_many(promised)


def tell_all(work: Work, changes: Sequence[Change]) -> None:
    """Write the lines of history and the trail entries of changes that were just made."""
    models.add_steps(work.connection, [(one.case, *_said(work, one.case, one.line)) for one in changes])
    reach("case.history-before-entry")
    work.record_many(
        [
            Entry(
                _TYPES[one.line.kind],
                ObjectRef("case", one.case.id, own_version(one.case)),
                facts(one.case),
                one.case.school_id,
            )
            for one in changes
        ]
    )


def _said(work: Work, case: Case, line: Line) -> tuple[Step, bytes | None]:
    """The line of history of a change, and its note under seal."""
    actor = work.actor
    note = work.vault.seal_shared(NOTE, case.id, line.note) if line.note else None
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
        given_to=line.given_to,
    )
    return step, note


def promise(work: Work, case: Case, jobs: Iterable[str]) -> None:
    """Promise jobs about a case; each gets the ids of the case and of its subject."""
    wanted = case.context.get(NOT_BEFORE)
    due = datetime.fromisoformat(wanted) if isinstance(wanted, str) else None
    for job in jobs:
        work.later(job, due=due, **_about(case))


def _about(case: Case) -> dict[str, Json]:
    return {"case_id": str(case.id), "subject_id": str(case.subject.id)}


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
    said = {} if step.immediate else case.context
    reason, note = (one if isinstance(one := said.get(key), str) else None for key in ("reason", "note"))
    return Line(Happening.MOVED, case.state, step.id, reason, note)


def _at_once(work: Work, definition: Definition, case: Case) -> Transition | None:
    ways = (step for step in definition.ways_out(case.state) if step.immediate)
    return next((step for step in ways if refusal(work, case, step) is None), None)
