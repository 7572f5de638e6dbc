"""Cases whose subject came into another class: their tasks are those of that class's tutor from now on."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from registry.work import Work
from registry.workflows import models, moving
from registry.workflows.cases import Case, Happening
from registry.workflows.moving import Change, Line
from registry.workflows.tasks.doing import is_held


def follow_classes(work: Work, definition_id: str, kind: str, classes: Mapping[UUID, UUID]) -> None:
    """Put cases into the classes of their subjects; who has no right in the new class holds the task no more.

    Nothing is looked up of cases that stand where they should; the trail has the subject's own entry.

    Args:
        work: the unit of work.
        definition_id: of the cases.
        kind: of the subjects.
        classes: the class of each subject that may have come into another.
    """
    moved = models.change_classes(work.connection, (definition_id, kind), classes)
    if not moved:
        return
    found = models.find_by_subjects(work.connection, definition_id, kind, moved)
    lost = [one for one in found.values() if one.closed_at is None and _is_lost(work, one)]
    if lost:
        moving.change_all(work, [_given_back(one) for one in lost])


def _is_lost(work: Work, case: Case) -> bool:
    return case.assignee_person is not None and not is_held(work, case)


def _given_back(case: Case) -> Change:
    freed = replace(case, revision=case.revision + 1, assignee_person=None)
    return Change(freed, Line(Happening.PUT_BACK, case.state))
