"""How cases begin: one about a subject, or a set of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.work import Work
from registry.workflows import models, moving, versions
from registry.workflows.cases import Case, Happening, Subject
from registry.workflows.definition import Definition
from registry.workflows.moving import Change, Line
from registry.workflows.timing import births_of


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a case begins with.

    Attributes:
        subject: of the kind that the definition names.
        school_id: the tenant; none for what belongs to no school.
        dates: days of the case that its deadlines hang on, by the names in the definition.
        parent: the case that this one is a sub-case of; of the same school.
        assignee: the role and the person whose task it is at first; otherwise as the first state says.
    """

    subject: Subject
    school_id: UUID | None
    dates: Mapping[str, date] = field(default_factory=dict)
    parent: UUID | None = None
    assignee: tuple[str, UUID] | None = None


def start(  # noqa: PLR0913 - the last two are seldom said
    work: Work,
    definition_id: str,
    subject: Subject,
    school_id: UUID | None,
    *,
    dates: Mapping[str, date] | None = None,
    parent: UUID | None = None,
) -> Case:
    """Begin a case about a subject on the newest version; immediate steps are taken at once.

    Args:
        work: the unit of work; whoever calls has looked at the right to begin.
        definition_id: of a published definition.
        subject: of the kind that the definition names.
        school_id: the tenant; none for what belongs to no school.
        dates: days of this case that its deadlines hang on, by the names in the definition.
        parent: the case that this one is a sub-case of.

    Raises:
        NotFoundError: nothing is published under this id, or the parent is not there.
        InvalidError: the kind of the subject or a date's name is not the definition's, or the parent is of
            another school.
        ConflictError: the subject has its case already, or the parent is closed.
        SettingsError: a production calendar ends before a deadline does.
    """
    begun = start_many(work, definition_id, [Beginning(subject, school_id, dates or {}, parent)])
    if not begun:
        raise ConflictError(N_("Такое дело уже начато: откройте его и продолжите."), code="case-exists")
    return begun[0]


def start_many(work: Work, definition_id: str, beginnings: Sequence[Beginning]) -> list[Case]:
    """Begin a set of cases in a few statements; a subject that has its case already is left out.

    Immediate steps of the first state cost a few more for each case.

    Raises:
        NotFoundError: nothing is published under this id, or a parent is not there.
        InvalidError: a subject, a date or a parent does not fit.
        ConflictError: a parent is closed.
        SettingsError: a production calendar ends before a deadline does.
    """
    definition, digest = versions.newest(work.connection, definition_id)
    parents = _hold_parents(work, beginnings)
    for one in beginnings:
        _fits(definition, one)
        _check_parent(parents, one)
    begun = _begin(work, definition, digest, beginnings)
    if begun:
        moving.tell_all(work, [Change(case, Line(Happening.STARTED)) for case in begun])
    if any(step.immediate for step in definition.ways_out(definition.start.id)):
        begun = [moving.settle_alone(work, definition, case) for case in begun]
    for parent in parents:
        moving.settle_above(work, parent)
    return begun


def _begin(work: Work, definition: Definition, digest: str, beginnings: Sequence[Beginning]) -> list[Case]:
    """Write the cases of those beginnings whose subject has none yet."""
    start = definition.start.id
    births = births_of(work, definition, start, *(one.subject for one in beginnings))
    blanks = (_blank(work, definition, digest, one) for one in beginnings)
    arrived = (moving.arrive(work, definition, blank, start, births) for blank in blanks)
    cases = [_given(case, one) for case, one in zip(arrived, beginnings, strict=True)]
    added = models.add_many(work.connection, cases)
    return [case for case in cases if case.id in added]


def _given(case: Case, beginning: Beginning) -> Case:
    """Give a case to whoever it begins with."""
    if beginning.assignee is None:
        return case
    role, person = beginning.assignee
    return replace(case, assignee_role=role, assignee_person=person)


def _hold_parents(work: Work, beginnings: Sequence[Beginning]) -> dict[UUID, Case | None]:
    """Hold the cases that the new ones will be parts of, in one order, each once."""
    above = sorted({one.parent for one in beginnings if one.parent is not None})
    return {parent: models.hold(work.connection, parent) for parent in above}


def _fits(definition: Definition, beginning: Beginning) -> None:
    if beginning.subject.kind != definition.subject:
        raise InvalidError(
            N_("Процесс «%(definition)s» ведёт «%(wanted)s», а не «%(given)s»."),
            definition=definition.id,
            wanted=definition.subject,
            given=beginning.subject.kind,
        )
    for name in beginning.dates:
        if name not in definition.dates:
            raise InvalidError(
                N_("В процессе «%(definition)s» нет даты «%(date)s»."), definition=definition.id, date=name
            )


def _check_parent(parents: Mapping[UUID, Case | None], beginning: Beginning) -> None:
    if beginning.parent is None:
        return
    parent = parents[beginning.parent]
    if parent is None:
        raise NotFoundError(N_("Такого дела нет."), code="no-case")
    if parent.school_id != beginning.school_id:
        raise InvalidError(N_("Подчинённое дело должно быть той же школы, что и главное."))
    if parent.closed_at is not None:
        raise ConflictError(
            N_("Главное дело закрыто: подчинённых у него больше не бывает."), code="case-closed"
        )


def _blank(work: Work, definition: Definition, digest: str, beginning: Beginning) -> Case:
    return Case(
        id=work.new_id(),
        definition_id=definition.id,
        version=definition.version,
        digest=digest,
        state="",
        revision=0,
        subject=beginning.subject,
        school_id=beginning.school_id,
        assignee_role=None,
        assignee_person=None,
        dates=dict(beginning.dates),
        entered_at=work.now,
        due_at=None,
        due_line=None,
        started_at=work.now,
        closed_at=None,
        parent_id=beginning.parent,
    )
