"""The cases of a submission's classes, as its pages show them: where each is, until when, and whose it is."""

from uuid import UUID

from flask_babel import gettext

from registry.submissions.models import collections
from registry.submissions.models.collections import ClassCase
from registry.submissions.models.records import Submission
from registry.submissions.pages.words import CLASS_COLOURS, CLASSES, ROLES
from registry.work import Work
from registry.workflows.timing import legal


def cases_of(work: Work, submission: Submission | None) -> dict[UUID, dict[str, object]]:
    """Describe the case of each class of a submission, by class in the order of names; one statement."""
    if submission is None:
        return {}
    now = legal(work)
    return {
        one.class_id: {
            "name": one.class_name,
            "case_id": one.case_id,
            "state": one.state,
            "words": gettext(CLASSES[one.state]),
            "colour": CLASS_COLOURS[one.state],
            "assignee": _assignee(one),
            "overdue": one.state == "collecting" and one.due_at is not None and one.due_at <= now,
        }
        for one in collections.of_submission(work.connection, submission.id)
    }


def _assignee(one: ClassCase) -> str | None:
    """Name whose matter a class has become that its tutor did not finish in time."""
    if one.assignee_role in {None, "tutor"}:
        return None
    words: str = gettext(ROLES.get(one.assignee_role or "", one.assignee_role or ""))
    return words
