"""What the pages of this room share: the blueprint, how far a deadline is, and whose submission is meant."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, url_for

from registry.access.rules import Action
from registry.consents.pages.room import opened_school, page_of_class
from registry.errors import N_
from registry.people.models.places import School
from registry.programmes.rules import Programme
from registry.submissions.classes import SUBJECT
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.submissions.pages.words import OUTCOMES, REASONS, STOPPED
from registry.web.language import language
from registry.work import Work
from registry.workflows import versions
from registry.workflows.names import NAMES

blueprint = Blueprint("submissions", "registry.submissions.pages", template_folder="../templates")
NAMES.page_of(
    "submission",
    Action.SUBMISSION_READ,
    lambda case: url_for("submissions.show", submission_id=case.subject.id),
)
NAMES.page_of(SUBJECT, Action.CONSENT_READ, page_of_class)
NAMES.say_dates("submission", {"deadline": N_("последний день передачи")})
NAMES.say_dates(SUBJECT, {"deadline": N_("последний день сбора в классе")})
NAMES.say_reasons({**{str(kind): text for kind, text in OUTCOMES.items()}, **REASONS, **STOPPED})


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a programme, as seen from a day."""

    day: date
    days_left: int

    @property
    def passed(self) -> bool:
        """Whether the day is over."""
        return self.days_left < 0


def deadline_of(programme: Programme, today: date) -> Deadline:
    """Tell how far a programme's deadline is; the day itself still counts."""
    return Deadline(programme.deadline, (programme.deadline - today).days)


def title_of(programme: Programme) -> str:
    """Name a programme in the reader's language, or in its first one."""
    return programme.title.get(language()) or next(iter(programme.title.values()))


def opened_submission(work: Work, action: Action, submission_id: UUID) -> tuple[Submission, School]:
    """Read a submission of a school where who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not; the two read alike.
    """
    found = records.get(work.connection, submission_id)
    return found, opened_school(work, action, found.school_id)


def state_titles(work: Work) -> dict[str, str]:
    """Name every state of a submission and of a withdrawal in the reader's language."""
    found: dict[str, str] = {}
    for definition_id in ("withdrawal", "submission"):
        definition, _ = versions.newest(work.connection, definition_id)
        found |= {one.id: one.title.get(language(), one.title["ru"]) for one in definition.states}
    return found
