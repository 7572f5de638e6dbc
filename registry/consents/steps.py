"""What lower rooms ask of this one: the undo of a roster, and the process of a request."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from registry.access.rules import Action
from registry.consents.models.acts import people_of_acts_since
from registry.consents.models.agreements import SUBJECT as CODE_AGREEMENT
from registry.consents.models.requests import (
    Request,
    get_request,
    note_on_paper,
    people_of_requests,
    requests_of_students,
    students_of,
)
from registry.consents.usecases.following import decided_now
from registry.consents.usecases.requesting import DEFINITION, SUBJECT
from registry.errors import N_, NotFoundError
from registry.people.following import follows_classes
from registry.people.holds import Hold, answers_for
from registry.people.models.concerned import concerned_in
from registry.people.models.persons import load_persons
from registry.work import Work
from registry.workflows.cases import Case, Refused
from registry.workflows.names import NAMES, Concerned
from registry.workflows.tasks.following import follow_classes

NOT_DECIDED: Final = N_("Решения ещё нет.")
DECIDED: Final = N_("Решение уже есть.")


@answers_for(Hold.ACT)
def people_of_acts(work: Work, school_id: UUID, since: datetime) -> Collection[UUID]:
    """Name those about whom, or by whom, an act was recorded since a moment."""
    return people_of_acts_since(work.connection, school_id, since)


@follows_classes
def take_requests_along(work: Work, school_id: UUID, classes: Mapping[UUID, UUID]) -> None:
    """Bring the requests about students into their classes: the tasks are those of the tutor there."""
    requests = requests_of_students(work.connection, school_id, classes)
    into = {request: classes[student] for request, student in requests.items()}
    follow_classes(work, DEFINITION, SUBJECT, into)


def births_of_students(work: Work, requests: Collection[UUID]) -> dict[UUID, date]:
    """Tell when the students of some requests were born, where it is known."""
    students = students_of(work.connection, requests)
    people = load_persons(work.connection, work.vault, set(students.values()))
    births = {one.id: one.birth_date for one in people.values()}
    found = ((request, births.get(student)) for request, student in students.items())
    return {request: born for request, born in found if born is not None}


NAMES.birth_dates_of(SUBJECT, births_of_students)
NAMES.say_dates(
    SUBJECT,
    {"deadline": N_("последний день ответа"), "valid_until": N_("последний день действия согласий")},
)
NAMES.say_dates(CODE_AGREEMENT, {"valid_until": N_("последний день действия соглашения")})
NAMES.say_reasons({"not-decided": NOT_DECIDED, "decided": DECIDED})


@NAMES.people_of(SUBJECT, Action.CONSENT_READ)
def students_named(work: Work, requests: Collection[UUID]) -> dict[UUID, Concerned]:
    """Name the students of some requests; one statement."""
    return concerned_in(work.connection, people_of_requests(requests), work.today)


@NAMES.guard("consents.is_decided")
def is_decided(work: Work, case: Case) -> Refused | None:
    """Let through a request that the decision of today closes, or whose student has left."""
    decided = decided_now(work, _request(work, case))
    if decided is None or decided.decision.state.closed:
        return None
    return Refused(NOT_DECIDED, code="not-decided")


@NAMES.guard("consents.is_open")
def is_open(work: Work, case: Case) -> Refused | None:
    """Let through a request that the decision of today leaves open."""
    if is_decided(work, case) is not None:
        return None
    return Refused(DECIDED, code="decided")


@NAMES.effect("consents.note_on_paper")
def keep_on_paper(work: Work, case: Case) -> None:
    """Note that a request is managed on paper from now on; letters stop."""
    request = _request(work, case)
    if request.on_paper_since is None:
        note_on_paper(work.connection, request, work.now, work.actor.id)


@NAMES.effect("consents.note_off_paper")
def keep_off_paper(work: Work, case: Case) -> None:
    """Note that letters may go out again."""
    note_on_paper(work.connection, _request(work, case), None, None)


def _request(work: Work, case: Case) -> Request:
    if case.school_id is None:
        raise NotFoundError(N_("Такого запроса нет."))
    return get_request(work.connection, case.school_id, case.subject.id)
