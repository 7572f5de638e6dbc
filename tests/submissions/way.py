"""The steps of the way, each in a transaction of its own, as pages and worker take them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from registry.jobs.worker import keep_due_promises
from registry.storage.outbox import promises
from registry.submissions import usecases
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.models.tables import attempts
from registry.submissions.usecases import SignedOff
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from tests.submissions.school import PROGRAMME, School


def prepare(school: School, by: Actor | None = None) -> Submission:
    with school.registry.work(by or school.clerk) as work:
        return usecases.prepare_school(work, school.id, PROGRAMME)


def sign_off(school: School, submission: Submission, by: Actor | None = None) -> SignedOff:
    with school.registry.work(by or school.director) as work:
        return usecases.sign_off(work, submission.id, str(submission.manifest_sha256))


def correct(school: School) -> Submission:
    with school.registry.work(school.clerk) as work:
        usecases.begin_correction(work, school.id, PROGRAMME)
    return prepare(school)


def now(school: School, submission: Submission) -> Submission:
    with school.registry.reading(SYSTEM) as work:
        return records.get(work.connection, submission.id)


def all_of(school: School) -> list[Submission]:
    with school.registry.reading(SYSTEM) as work:
        return records.of_school(work.connection, school.id, PROGRAMME)


def attempts_of(school: School, submission: Submission) -> list[str | None]:
    with school.registry.reading(SYSTEM) as work:
        return [row.outcome for row in exchange.attempts_of(work.connection, submission.id)]


def drain(registry: Registry) -> None:
    """Keep promises until none is due."""
    while keep_due_promises(registry):
        pass


def hurry(registry: Registry) -> None:
    """Let the pauses of failed and put-off promises be over, and keep them once."""
    with registry.work(SYSTEM) as work:
        work.connection.execute(
            update(promises).where(promises.c.due_at.is_not(None)).values(due_at=work.now)
        )
    keep_due_promises(registry)


def age_attempts(registry: Registry) -> None:
    """Let the attempts that have no end be so old that their process must be dead."""
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(attempts).values(started_at=work.now - timedelta(hours=1)))


def open_promises(registry: Registry) -> list[str]:
    with registry.reading(SYSTEM) as work:
        query = select(promises.c.job).where(promises.c.due_at.is_not(None))
        return sorted(work.connection.execute(query).scalars())


def ready_school(school: School, students: int = 3) -> list[UUID]:
    pupils = school.enrol(students)
    school.decide(pupils)
    return [one.id for one in pupils]


def sent(school: School) -> Submission:
    """Take a ready school to the platform's answer."""
    submission = prepare(school)
    sign_off(school, submission)
    drain(school.registry)
    return now(school, submission)
