"""A submission waits for its classes: each has a case, moved by the worker by what readiness says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access.rules import Right, Role, Scope
from registry.access.usecases.giving import give_role
from registry.access.usecases.users import NewUser, add_user
from registry.consents.rules.acts import ActKind
from registry.letters.models import letters
from registry.submissions import classes
from registry.submissions.clock import look_at_schools
from registry.submissions.models import collections
from registry.submissions.models.records import Submission
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import usecases as workflows
from registry.workflows.clock import follow_clock
from registry.workflows.models.tasks import Asked
from registry.workflows.tasks.listing import list_tasks
from registry.workflows.tasks.shares import Asker, Whose
from registry.workflows.timing import legal
from tests.consents.conftest import counted
from tests.submissions import test_pages, way
from tests.submissions.school import PROGRAMME, School

app = test_pages.app


def follow(school: School) -> Submission:
    with school.registry.work(SYSTEM) as work:
        found = classes.follow(work, school.id, PROGRAMME)
    assert found is not None
    return found


def states(school: School) -> dict[str, str]:
    (submission,) = way.all_of(school)
    with school.registry.reading(SYSTEM) as work:
        held = collections.of_submission(work.connection, submission.id)
        return {one.class_name: one.state for one in held}


@contextmanager
def on(school: School, day: date) -> Iterator[School]:
    """Go on with the same installation on another legal day."""
    moved = Registry.open(replace(school.registry.settings, today=day))
    yield replace(school, registry=moved)
    moved.engine.dispose()


@pytest.mark.proves("S1-10")
def test_a_class_is_complete_when_each_of_its_students_has_a_decision_and_the_school_when_each_class_is(
    school: School,
):
    first, second = school.enrol(2), school.enrol(1, "6Б")
    school.decide(first)
    assert follow(school).state == "collecting"
    assert states(school) == {"5А": "complete", "6Б": "collecting"}
    school.decide(second, ActKind.REFUSED)
    ready = follow(school)
    assert (ready.state, ready.assignee_role) == ("ready", "clerk")
    assert way.prepare(school).state == "prepared"


def test_a_new_student_opens_the_class_and_the_school_again(school: School):
    school.decide(school.enrol(2))
    assert follow(school).state == "ready"
    late = school.enrol(1)
    assert follow(school).state == "collecting"
    assert states(school) == {"5А": "collecting"}
    school.decide(late)
    assert follow(school).state == "ready"
    (submission,) = way.all_of(school)
    with school.registry.reading(SYSTEM) as work:
        steps = [one.transition for one in workflows.look(work, submission.case_id).history]
    assert steps == [None, "all_ready", "not_ready", "all_ready"]


def test_a_class_is_the_task_of_its_own_tutor_and_leads_to_the_page_of_the_class(school: School, app: Flask):
    school.enrol(1)
    school.enrol(1, "6Б")
    submission = follow(school)
    with school.registry.reading(SYSTEM) as work, app.test_request_context():
        own = {one.class_name: one for one in collections.of_submission(work.connection, submission.id)}["5А"]
        tutor = Asker(own.id, (Right(Role.TUTOR, Scope.CLASS, own.class_id, school.id),))
        (task,) = list_tasks(work, tutor, Whose.WAITING, Asked(legal(work), work.today))
        assert (task.case.id, task.classroom) == (own.case_id, "5А")
        assert task.way == f"/consents/classes/{school.id}/{own.class_id}"


def test_the_cases_are_closed_with_the_submission_and_preparing_needs_none(school: School):
    way.ready_school(school)
    submission = way.prepare(school)  # nobody has followed yet
    follow(school)
    way.sign_off(school, submission)
    way.drain(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert states(school) == {"5А": "closed"}
    with school.registry.work(SYSTEM) as work:
        assert classes.follow(work, school.id, PROGRAMME) is None


def test_the_worker_looks_where_something_happened_and_everywhere_on_a_new_day(school: School):
    school.enrol(1)
    look_at_schools(school.registry)
    way.drain(school.registry)
    assert states(school) == {"5А": "collecting"}
    with on(school, date(2020, 11, 3)) as tomorrow:
        look_at_schools(tomorrow.registry)
        assert way.open_promises(tomorrow.registry) == ["submissions.follow_classes"]


def test_following_takes_as_many_statements_for_many_students_as_for_few(school: School):
    school.enrol(2)
    follow(school)
    with counted(school.registry) as few:
        follow(school)
    school.enrol(30)
    with counted(school.registry) as many:
        follow(school)
    assert len(many) == len(few)


def test_the_tutor_hears_of_the_deadline_of_his_class_and_then_the_director_has_it(school: School):
    school.enrol(1)
    follow(school)
    with school.registry.work(SYSTEM) as work:
        (submission,) = way.all_of(school)
        (held,) = collections.of_submission(work.connection, submission.id)
        tutor = add_user(work, NewUser("tutor", "Учитель", "no password fits this", "t@example.org"))
        give_role(work, tutor, Right(Role.TUTOR, Scope.CLASS, held.class_id, school.id))
    with on(school, date(2020, 11, 5)) as near:
        follow_clock(near.registry)
        way.drain(near.registry)
    with school.registry.reading(SYSTEM) as work:
        told = work.connection.execute(select(letters.c.person_id).where(letters.c.kind == "task"))
        assert set(told.scalars()) == {tutor}
    with on(school, date(2020, 11, 10)) as late:
        follow_clock(late.registry)
    with school.registry.reading(SYSTEM) as work:
        (held,) = collections.of_submission(work.connection, submission.id)
    assert held.assignee_role == "director"
    assert held.deadline == date(2020, 11, 11)


def test_what_does_not_leave_is_the_operators_and_he_is_reminded_with_a_cap(school: School):
    way.ready_school(school)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    for day in range(3, 16):
        with on(school, date(2020, 11, day)) as later:
            follow_clock(later.registry)
    found = way.now(school, submission)
    assert (found.state, found.assignee_role) == ("signed_off", "operator")
    assert way.open_promises(school.registry).count("submissions.remind_of_sending") == 5
