"""Rounds over a school's requests, in short transactions, so that nobody waits long however many they are."""

from uuid import UUID

from registry.consents.usecases.following import begin_some, behind, follow_students
from registry.jobs.worker import WORKER
from registry.storage.queries import batched
from registry.work import Registry

BEGIN_AT_ONCE = 100
FOLLOW_AT_ONCE = 25


def follow_school(registry: Registry, school_id: UUID, programme_id: str) -> None:
    """Begin the cases that are not there yet, and let those that are behind follow their decisions.

    Which are behind is found without holding anybody up; each is looked at once more where it moves.
    """
    begun = BEGIN_AT_ONCE
    while begun == BEGIN_AT_ONCE:
        with registry.work(WORKER) as work:
            begun = begin_some(work, school_id, programme_id, BEGIN_AT_ONCE)
    with registry.reading(WORKER) as work:
        waiting = behind(work, school_id, programme_id)
    for students in batched(waiting, FOLLOW_AT_ONCE):
        with registry.work(WORKER) as work:
            follow_students(work, school_id, programme_id, students)
