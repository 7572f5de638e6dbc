"""What can be done with a case: start it, take a step, look at it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from registry.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError, RoleName
from registry.storage.schema import Json
from registry.work import Work
from registry.workflows import models, moving, versions
from registry.workflows.cases import Case, Happening, Refused, Step, Subject
from registry.workflows.definition import Definition, Transition
from registry.workflows.names import has_role
from registry.workflows.starting import Beginning, start, start_many

__all__ = ["Beginning", "Opened", "advance", "case_of", "look", "start", "start_many"]

CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """A case to look at: itself, its definition, its history and the steps that who asks may try."""

    case: Case
    definition: Definition
    history: tuple[Step, ...]
    possible: tuple[Transition, ...]
    under: tuple[Definition, ...]
    """The version that each line of the history was written under."""


def advance(
    work: Work,
    case_id: UUID,
    transition: str,
    *,
    revision: int | None = None,
    context: Mapping[str, Json] | None = None,
) -> Case:
    """Take one step of a case: right, guards, new state, history, trail, effects, promises.

    Args:
        work: the unit of work; its actor needs one of the roles in the step's `by`.
        case_id: the case.
        transition: the step's name in the definition.
        revision: what the caller saw; a case changed since then is refused.
        context: what guards and effects may need; `reason` (a short code) and `note` (words, stored
            sealed) go into the history.

    Raises:
        NotFoundError: no such case, or the definition has no such step.
        ConflictError: closed, changed meanwhile, not possible from this state, or refused by a guard.
        ForbiddenError: the actor has none of the roles.
        InvalidError: the reason is no code, or the note is too long.
    """
    case, definition = _opened(work, case_id)
    step = _step(definition, case, transition, revision)
    if not has_role(work, step.by, case):
        raise ForbiddenError(
            N_("Шаг «%(step)s» могут сделать: %(roles)s."),
            code="step-not-yours",
            step=step.title,
            roles=tuple(RoleName(role) for role in step.by),
        )
    if context:
        case = replace(case, context=_said(context))
    refused = moving.refusal(work, case, step)
    if refused is not None:
        raise _error(refused)
    return moving.move(work, definition, case, step)


def look(work: Work, case_id: UUID) -> Opened:
    """Open a case to read it, in two statements; guards are asked only when a step is taken.

    Raises:
        NotFoundError: no such case.
    """
    case, definition = _opened(work, case_id)
    ways = definition.ways_out(case.state)
    possible = tuple(step for step in ways if not step.immediate and has_role(work, step.by, case))
    history = tuple(models.history(work.connection, case_id))
    return Opened(case, definition, history, possible, tuple(_under(work, case_id, definition, history)))


def case_of(work: Work, definition_id: str, subject: Subject) -> Case:
    """Read the case of a definition about a subject.

    Raises:
        NotFoundError: there is none.
    """
    case = models.find_by_subject(work.connection, definition_id, subject)
    if case is None:
        raise NotFoundError(N_("Такого дела нет."), code="no-case")
    return case


def _under(work: Work, case_id: UUID, definition: Definition, history: Sequence[Step]) -> list[Definition]:
    """Go back through the history: before a move to another version it was the version that was left."""
    moves = [line for line in history if line.kind is Happening.MIGRATED]
    if not moves:
        return [definition] * len(history)
    left = models.versions_left(work.connection, case_id)
    held = {one.version: one for one in models.versions_of(work.connection, definition.id)}
    under = []
    for line in reversed(history):
        under.append(definition)
        if line.number in left:
            definition = versions.definition_at(work.connection, held[left[line.number]])
    return under[::-1]


def _opened(work: Work, case_id: UUID) -> tuple[Case, Definition]:
    case = models.find(work.connection, case_id)
    if case is None:
        raise NotFoundError(N_("Такого дела нет."), code="no-case")
    return case, versions.definition_of(work.connection, case)


def _step(definition: Definition, case: Case, name: str, revision: int | None) -> Transition:
    step = definition.transition(name)
    if step is None:
        raise NotFoundError(N_("В этом процессе нет шага «%(step)s»."), code="no-such-step", step=name)
    if revision is not None and revision != case.revision:
        raise ConflictError(
            N_("Дело уже изменил кто-то другой. Обновите страницу и посмотрите, что изменилось."),
            code="stale-revision",
        )
    if case.closed_at is not None:
        raise ConflictError(
            N_("Дело закрыто: «%(state)s»."), code="case-closed", state=_title(definition, case)
        )
    if step.immediate or case.state not in step.sources:
        raise ConflictError(
            N_("Шаг «%(step)s» невозможен, пока дело в состоянии «%(state)s»."),
            code="step-not-possible",
            step=step.title,
            state=_title(definition, case),
        )
    return step


def _error(refused: Refused) -> ConflictError:
    values: dict[str, Any] = dict(refused.values)
    return ConflictError(refused.text, code=refused.code, **values)


def _said(context: Mapping[str, Json]) -> Mapping[str, Json]:
    reason, note = context.get("reason"), context.get("note")
    if reason is not None and not (isinstance(reason, str) and CODE.fullmatch(reason)):
        raise InvalidError(N_("Причина должна быть коротким кодом; слова пишите в примечании."))
    if note is not None and not (isinstance(note, str) and len(note) <= LONGEST_NOTE):
        raise InvalidError(N_("Примечание длиннее %(most)s знаков: сократите его."), most=LONGEST_NOTE)
    return dict(context)


def _title(definition: Definition, case: Case) -> Mapping[str, str]:
    return definition.state(case.state).title
