"""The cases of requests follow the decisions: soon after an act, and each day for whatever else changed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from registry.consents.decisions import Decided, decision_of, decisions_of
from registry.consents.models.asking import consents_of_programme
from registry.consents.models.requests import Request, requests_about, requests_of_programme
from registry.consents.rules.decisions import State
from registry.consents.rules.requests import MOST_MOVES, Stage, Stands, next_move
from registry.consents.usecases.requesting import (
    begin_cases,
    begin_requests,
    cases_of_requests,
    find_case,
)
from registry.errors import NotFoundError
from registry.programmes.models import participation_of
from registry.programmes.rules import ADULT_FROM, SIGNS_HIMSELF_FROM, NoticeKind, reached_on
from registry.work import Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Case

AHEAD = timedelta(days=62)
"""A birthday within this time may be foreseen; how long ahead the tutor is told the process says."""


def decided_now(work: Work, request: Request) -> Decided | None:
    """Evaluate a request today; nothing when the student left the school."""
    try:
        return decision_of(work, request.school_id, request.programme, request.student_id)
    except NotFoundError:
        return None


def follow_case(work: Work, case: Case, request: Request, decided: Decided | None) -> Case:
    """Take the steps that bring a case to where its decision says."""
    return _follow(work, case, _stands(work, case, request, decided))


def foresee(work: Work, case: Case, request: Request, decided: Decided | None) -> Case:
    """Follow a case, and give its tutor a task when a birthday near by will open the decision again."""
    stands = _stands(work, case, request, decided)
    return _follow(work, case, replace(stands, foreseen=foresees(work, request, decided)))


def foresees(work: Work, request: Request, decided: Decided | None) -> bool:
    """Tell whether a decided request will be open on the coming 14th or 18th birthday, if it is near."""
    coming = None if decided is None else _coming_age(work, request, decided)
    if coming is None:
        return False
    then = decision_of(work, request.school_id, request.programme, request.student_id, on=coming)
    return not then.decision.state.closed


def begin_some(work: Work, school_id: UUID, programme_id: str, most: int) -> int:
    """Begin cases for requests that have none yet, some at a time; give their number.

    What was asked before there were requests gets its request now.
    """
    begin_requests(work, school_id, programme_id, _asked_about(work, school_id, programme_id))
    requests = requests_of_programme(work.connection, school_id, programme_id)
    held = cases_of_requests(work, [one.id for one in requests.values()])
    fresh = [one for one in requests.values() if one.id not in held][:most]
    begin_cases(work, fresh)
    return len(fresh)


def behind(work: Work, school_id: UUID, programme_id: str) -> list[UUID]:
    """Name the students of a school whose cases are not where their decisions say, in a fixed order."""
    decided = {one.family.student.id: one for one in decisions_of(work, school_id, programme_id)}
    requests = requests_of_programme(work.connection, school_id, programme_id)
    cases = cases_of_requests(work, [one.id for one in requests.values()])
    return sorted(
        student
        for student, request in requests.items()
        if request.id in cases and _is_behind(work, cases[request.id], request, decided.get(student))
    )


def follow_students(work: Work, school_id: UUID, programme_id: str, students: Collection[UUID]) -> None:
    """Let the cases of a few students follow, without a look at the whole school."""
    requests = requests_about(work.connection, school_id, programme_id, students)
    for request in requests.values():
        case = find_case(work, request)
        if case is not None:
            follow_case(work, case, request, decided_now(work, request))


def _is_behind(work: Work, case: Case, request: Request, decided: Decided | None) -> bool:
    return next_move(Stage(case.state), _stands(work, case, request, decided)) is not None


def _stands(work: Work, case: Case, request: Request, decided: Decided | None) -> Stands:
    state = State.NOT_REQUIRED if decided is None else decided.decision.state
    foreseen = Stage(case.state) is Stage.COMING_OF_AGE and foresees(work, request, decided)
    return Stands(state, request.on_paper_since is not None, foreseen)


def _follow(work: Work, case: Case, stands: Stands) -> Case:
    for _ in range(MOST_MOVES):
        move = next_move(Stage(case.state), stands)
        if move is None:
            break
        case = workflows.advance(work, case.id, move)
    return case


def _coming_age(work: Work, request: Request, decided: Decided) -> date | None:
    """Give the day within `AHEAD` on which the student reaches 14 or 18."""
    birth = decided.family.student.birth_date
    if birth is None:
        return None
    programme = participation_of(work.connection, request.school_id, request.programme).programme
    days = (reached_on(birth, age, programme.age_reached) for age in (SIGNS_HIMSELF_FROM, ADULT_FROM))
    return next((day for day in days if work.today < day <= work.today + AHEAD), None)


def _asked_about(work: Work, school_id: UUID, programme_id: str) -> set[UUID]:
    consents = consents_of_programme(work.connection, school_id, programme_id)
    return {one.about_id for one in consents if one.notice is not NoticeKind.CODE_AGREEMENT}
