"""A submission as its pages show it: numbers, digests, changes, history; a fixed number of statements."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.room import place_of
from registry.consents.pages.words import STATES
from registry.consents.rules.decisions import State
from registry.people.dates import school_year
from registry.people.models.persons import Person, load_persons
from registry.people.models.places import School, list_classes
from registry.programmes.models import participation_of
from registry.submissions.message import Kind
from registry.submissions.models import exchange
from registry.submissions.models.records import Submission
from registry.submissions.pages.classes import cases_of
from registry.submissions.pages.room import deadline_of, title_of
from registry.submissions.pages.waiting import waiting_of
from registry.submissions.pages.words import (
    ATTEMPTS,
    CHANGES,
    COLOURS,
    COUNTS,
    KINDS,
    OUTCOMES,
    REASONS,
    ROLES,
    STOPPED,
    VERDICTS,
)
from registry.submissions.rules import What
from registry.submissions.way_out import key_trouble
from registry.web.current import can
from registry.web.errors import told
from registry.web.language import language
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.pages.saying import say_reason
from registry.workflows.usecases import Opened

VOIDED = set(STOPPED)


def numbers_of(submission: Submission) -> list[tuple[str, int]]:
    """Give the counts of a manifest with their words; empty when nothing is frozen or it is a withdrawal."""
    counts = json.loads(submission.manifest)["counts"] if submission.manifest else None
    return [(gettext(words), counts[name]) for name, words in COUNTS.items()] if counts else []


def head_of(work: Work, submission: Submission, school: School) -> dict[str, Any]:
    """Describe what every page of a submission says of it."""
    programme = participation_of(work.connection, school.id, submission.programme).programme
    return {
        "school": school,
        "programme": programme.id,
        "programme_title": title_of(programme),
        "receiver": programme.receiver,
        "deadline": deadline_of(programme, work.today),
        "late": submission.sent_on is not None and submission.sent_on > programme.deadline,
        "kind": gettext(KINDS[submission.kind]),
        "whole": submission.kind is not Kind.WITHDRAWAL,
        "numbers": numbers_of(submission),
    }


def whole_of(work: Work, submission: Submission, school: School) -> dict[str, Any]:
    """Describe a submission with its history, attempts, answers, tasks, and what changed."""
    opened = workflows.look(work, submission.case_id)
    tasks = exchange.tasks_of(work.connection, submission.id)
    students = _students(work, submission, school, {one.student_id for one in tasks if one.student_id})
    place = place_of(school)
    return head_of(work, submission, school) | {
        "state": _title(opened, submission.state),
        "colour": COLOURS[submission.state],
        "history": _history(opened),
        "classes": cases_of(work, submission),
        "attempts": exchange.attempts_of(work.connection, submission.id),
        "answers": exchange.acknowledgements_of(work.connection, submission.id),
        "waiting": waiting_of(work, submission, opened, place),
        "reasons": {code: gettext(words) for code, words in REASONS.items()},
        "outcomes": {code: gettext(words) for code, words in OUTCOMES.items()},
        "verdicts": {code: gettext(words) for code, words in VERDICTS.items()},
        "tasks": [
            {"text": one.text, "code": one.code, **students.shown(one.student_id, one.class_name)}
            for one in tasks
        ],
        "stopped": stopped_words(submission),
        "key_trouble": told(trouble) if (trouble := key_trouble(work, submission)) else None,
        "attempt_words": {code: gettext(words) for code, words in ATTEMPTS.items()},
        "changes": changes_of(submission, students),
        "can_prepare": can(Action.SUBMISSION_PREPARE, place),
        "can_sign": can(Action.SUBMISSION_SIGN_OFF, place) and submission.state == "prepared",
    }


def changed_since(work: Work, submission: Submission, school: School) -> list[dict[str, object]]:
    """Tell what is new in a prepared submission since the last freeze or the last message."""
    return changes_of(submission, _students(work, submission, school, set()))


def stopped_words(submission: Submission) -> str | None:
    """Say why a sign-off was taken back; None when the last thing that happened is a freeze."""
    reason = (submission.changes or {}).get("reason")
    if reason not in VOIDED:
        return None
    return str(gettext(STOPPED[reason]))


@dataclass(frozen=True, slots=True)
class Students:
    """Students by id, and the classes whose pages who reads may open, by name."""

    people: Mapping[UUID, Person]
    classes: Mapping[str, UUID]

    def shown(self, student_id: UUID | None, class_name: str | None) -> dict[str, object]:
        """Describe a student for a table; who was erased has no name any more."""
        known = self.people.get(student_id) if student_id else None
        return {
            "student_id": student_id,
            "name": known.full_name if known else None,
            "class": class_name,
            "class_id": self.classes.get(class_name or ""),
        }


def changes_of(submission: Submission, students: Students) -> list[dict[str, object]]:
    """Put the changes that a submission keeps into words, each with its student."""
    said = (submission.changes or {}).get("students") or []
    return [
        {
            "what": gettext(CHANGES[What(one["what"])]),
            "was": gettext(STATES[State(one["was"])]) if one["was"] else None,
            "now": gettext(STATES[State(one["now"])]) if one["now"] else None,
            **students.shown(UUID(one["student"]), one["class"]),
        }
        for one in said
    ]


def _students(work: Work, submission: Submission, school: School, more: set[UUID]) -> Students:
    said = (submission.changes or {}).get("students") or []
    wanted = {UUID(one["student"]) for one in said} | more
    if not wanted:
        return Students({}, {})
    people = load_persons(work.connection, work.vault, wanted)
    if not can(Action.CONSENT_READ, place_of(school)):
        return Students(people, {})
    found = list_classes(work.connection, school.id, school_year(work.today))
    return Students(people, {str(one.name): one.id for one in found})


def _title(opened: Opened, state: str) -> str:
    titles = opened.definition.state(state).title
    return titles.get(language(), titles["ru"])


def _history(opened: Opened) -> list[dict[str, object]]:
    found = []
    for line in opened.history:
        step = opened.definition.transition(line.transition) if line.transition else None
        titles = step.title if step else opened.definition.state(line.target).title
        found.append(
            {
                "at": line.at,
                "title": titles.get(language(), titles["ru"]),
                "state": _title(opened, line.target),
                "who": gettext(ROLES.get(line.actor_role, line.actor_role)),
                "reason": say_reason(line.reason) if line.reason else None,
            }
        )
    return found
