"""How cases begin: one about a subject, or a set of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.work import Work
from registry.workflows import models, moving, versions
from registry.workflows.cases import Case, Happening, Subject
from registry.workflows.definition import Definition


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a case begins with.

    Attributes:
        subject: of the kind that the definition names.
        school_id: the tenant; none for what belongs to no school.
        dates: days of the case that its deadlines hang on, by the names in the definition.
        parent: the case that this one is a sub-case of; of the same school.
    """

    subject: Subject
    school_id: UUID | None
    dates: Mapping[str, date] = field(default_factory=dict)
    parent: UUID | None = None


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
    beginning = Beginning(subject, school_id, dates or {}, parent)
    begun = _begin(work, definition_id, beginning)
    if begun is None:
        raise ConflictError(N_("Такое дело уже начато: откройте его и продолжите."), code="case-exists")
    return begun


def start_many(work: Work, definition_id: str, beginnings: Sequence[Beginning]) -> list[Case]:
    """Begin a set of cases; a subject that has its case already is left out.

    Raises:
        NotFoundError: nothing is published under this id, or a parent is not there.
        InvalidError: a subject, a date or a parent does not fit.
        ConflictError: a parent is closed.
        SettingsError: a production calendar ends before a deadline does.
    """
    begun = (_begin(work, definition_id, one) for one in beginnings)
    return [case for case in begun if case is not None]


def _begin(work: Work, definition_id: str, beginning: Beginning) -> Case | None:
    definition, digest = versions.newest(work.connection, definition_id)
    _fits(definition, beginning)
    case = _blank(work, definition, digest, beginning)
    _check_parent(moving.hold_above(work, case), beginning)
    case = moving.arrive(work, definition, case, definition.start.id)
    if not models.add(work.connection, case):
        return None
    moving.tell(work, case, moving.Line(Happening.STARTED))
    return moving.settle(work, definition, case)


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


def _check_parent(parent: Case | None, beginning: Beginning) -> None:
    if beginning.parent is None:
        return
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
