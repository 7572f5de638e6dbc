"""Chasing by hand: a reminder now for a class or for one student, and what is managed on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from registry.consents.decisions import Decided, decision_of
from registry.consents.models.checks import papers_waiting
from registry.consents.models.requests import Request, requests_about
from registry.consents.rules.reminding import out_of_night
from registry.consents.rules.requests import WAITING, Move, Stage
from registry.consents.usecases.asking import ask, people_of
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.reminding import chased_of, remind
from registry.consents.usecases.requesting import find_case
from registry.errors import N_, ConflictError
from registry.work import Work
from registry.workflows import usecases as workflows

REMIND_BY_HAND = "consents.remind_by_hand"


class AimAt(StrEnum):
    """Whom a reminder by hand is meant for."""

    CLASS = "class"
    STUDENT = "student"


@dataclass(frozen=True, slots=True)
class Aim:
    """One class or one student of a school, in a programme."""

    school_id: UUID
    programme_id: str
    at: AimAt
    id: UUID


def chase(work: Work, aim: Aim, by: UUID) -> int | None:
    """Remind now; give the number of letters, or None where they have to wait for the morning.

    Args:
        work: the unit of work.
        aim: whom it is meant for.
        by: the member of staff who wants it; in the morning he has to be let to, still.
    """
    morning = out_of_night(work.now, work.settings.timezone)
    if morning <= work.now:
        return remind_now(work, aim, by)
    work.later(
        REMIND_BY_HAND,
        due=morning,
        school_id=str(aim.school_id),
        programme_id=aim.programme_id,
        whom=f"{aim.at}/{aim.id}",
        by=str(by),
    )
    return None


def remind_now(work: Work, aim: Aim, by: UUID) -> int:
    """Ask what was not asked yet, and remind those without an answer; give the number of letters."""
    decided = decided_at(work, aim)
    awaited = [one for one in decided if one.decision.awaited]
    people = set().union(*(people_of(one.family) for one in awaited))
    if people:
        ask(work, aim.school_id, aim.programme_id, people)
    students = [one.family.student.id for one in awaited]
    requests = requests_about(work.connection, aim.school_id, aim.programme_id, students)
    papers = papers_waiting(work.connection, aim.school_id, aim.programme_id)
    return remind(work, aim.school_id, aim.programme_id, chased_of(requests, awaited, papers), by)


def decided_at(work: Work, aim: Aim) -> Sequence[Decided]:
    """Evaluate whom a reminder is meant for today."""
    if aim.at is AimAt.STUDENT:
        return [decision_of(work, aim.school_id, aim.programme_id, aim.id)]
    return decisions_of_class(work, aim.school_id, aim.programme_id, aim.id)


def manage_on_paper(work: Work, request: Request, *, on_paper: bool) -> None:
    """Manage a request on paper from now on, or send letters again; saying it twice changes nothing.

    Raises:
        ConflictError: it is decided, so that nothing is to be managed; or its case does not follow yet.
        ForbiddenError: who acts may not.
    """
    if (request.on_paper_since is not None) == on_paper:
        return
    case = find_case(work, request)
    if case is not None and Stage(case.state) not in WAITING:
        raise ConflictError(N_("Решение уже есть: вести нечего."), code="decided")
    if case is None or (case.state == Stage.ON_PAPER) == on_paper:
        raise ConflictError(N_("Запрос ещё обрабатывается: повторите через минуту."), code="too-early")
    workflows.advance(work, case.id, Move.TO_PAPER if on_paper else Move.FROM_PAPER)
