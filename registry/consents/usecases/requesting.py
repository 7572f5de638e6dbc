"""Requests begin when a school asks: a row for each student at once, their cases in a promise."""

from collections.abc import Collection, Iterable
from uuid import UUID

from registry.consents.models.requests import Request, add_requests, requests_of_programme
from registry.people.models.enrolled import classes_of_students
from registry.programmes.models import participation_of
from registry.work import Work
from registry.workflows import models as cases
from registry.workflows import usecases as workflows
from registry.workflows.cases import Case, Subject
from registry.workflows.usecases import Beginning

DEFINITION = "consent-request"
SUBJECT = "consent_request"
FOLLOW = "consents.follow_requests"
REMIND = "consents.remind"
"""The job by which the process reminds: its deadlines say when."""


def begin_requests(work: Work, school_id: UUID, programme_id: str, students: Collection[UUID]) -> int:
    """Begin a request for each student who has none yet, and promise their cases; give their number."""
    held = requests_of_programme(work.connection, school_id, programme_id)
    fresh = [
        Request(work.new_id(), school_id, programme_id, student, work.today, work.now)
        for student in sorted(students)
        if student not in held
    ]
    if fresh:
        add_requests(work.connection, fresh)
        work.later(FOLLOW, school_id=str(school_id), programme_id=programme_id)
    return len(fresh)


def begin_cases(work: Work, requests: Iterable[Request]) -> None:
    """Begin the cases of requests of one school in one programme."""
    fresh = list(requests)
    if not fresh:
        return
    school_id = fresh[0].school_id
    programme = participation_of(work.connection, school_id, fresh[0].programme).programme
    dates = {"deadline": programme.deadline, "valid_until": programme.valid_until}
    classes = classes_of_students(work.connection, school_id, work.today)
    subjects = [Subject(SUBJECT, one.id, classes.get(one.student_id)) for one in fresh]
    beginnings = [Beginning(subject, school_id, dates) for subject in subjects]
    workflows.start_many(work, DEFINITION, beginnings)


def cases_of_requests(work: Work, requests: Collection[UUID]) -> dict[UUID, Case]:
    """Read the cases of some requests, by request; one statement."""
    return cases.find_by_subjects(work.connection, DEFINITION, SUBJECT, requests)


def find_case(work: Work, request: Request) -> Case | None:
    """Read the case of a request; nothing where its promise was not kept yet."""
    return cases.find_by_subject(work.connection, DEFINITION, Subject(SUBJECT, request.id))
