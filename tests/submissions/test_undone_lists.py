"""An undo of a list leaves alone what a prepared message tells of, until the message is voided."""

from uuid import UUID

from registry.people.usecases import rosters
from registry.people.usecases.undo_plan import Kept
from registry.people.usecases.undoing import plan_undo
from registry.submissions import usecases
from registry.submissions.models import records
from registry.trail.entries import SYSTEM
from registry.workflows import versions
from tests.people.books import HEADER, book
from tests.people.conftest import Office
from tests.submissions.school import PROGRAMME, Pupil, School


def renamed(school: School, pupil: Pupil) -> UUID:
    """Approve a list that renames a student who has decided before."""
    office = Office(school.registry, school.id)
    with school.registry.work(SYSTEM) as work:
        versions.publish(work, {"roster-review.toml": versions.shipped()["roster-review.toml"]})
    batch = office.upload(book(**{"5А": [HEADER, [1, "Новая", "Анна", None, "31.05.2009", pupil.snils]]}))
    mark = office.review(batch).mark
    with school.registry.work(school.clerk) as work:
        rosters.approve(work, school.id, batch, mark)
    return batch


def why_kept(school: School, batch: UUID) -> set[tuple[str, str]]:
    with school.registry.reading(SYSTEM) as work:
        return {one for kept in plan_undo(work, school.id, batch).plan.kept.values() for one in kept}


def test_what_a_prepared_message_says_does_not_go_back_until_the_message_is_voided(school: School):
    pupils = school.enrol(2)
    school.decide(pupils)
    batch = renamed(school, pupils[0])
    assert why_kept(school, batch) == set()
    with school.registry.work(school.clerk) as work:
        submission = usecases.prepare_school(work, school.id, PROGRAMME)
    assert why_kept(school, batch) == {(Kept.SUBMISSION, "last_name")}
    with school.registry.work(school.clerk) as work:
        usecases.void(work, records.hold(work.connection, submission.id), [], "changed-mind")
    assert why_kept(school, batch) == set()
