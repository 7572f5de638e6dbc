"""A withdrawal after the sending: the receiver is named with what he confirmed; no readable copy stays."""

from dataclasses import replace
from datetime import date

import pytest

from registry.errors import NotFoundError
from registry.rights.clock import follow_withdrawals
from registry.rights.models import destructions, shredding
from registry.rights.models.destructions import Shown
from registry.rights.models.receivers import receivers_of
from registry.rights.rules import Told
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import usecases as workflows
from registry.workflows.clock import follow_clock
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School


def pass_the_day(school: School) -> None:
    moved = Registry.open(replace(school.registry.settings, today=date(2020, 12, 1)))
    follow_clock(moved)
    way.drain(moved)
    moved.engine.dispose()


def only(school: School) -> Shown:
    with school.registry.reading(SYSTEM) as work:
        (one,) = destructions.every(work.connection)
        return destructions.get(work.connection, one.id)


def told(school: School, found: Shown) -> list[Told]:
    with school.registry.reading(SYSTEM) as work:
        paper = shredding.paper_of(work.connection, school.id, found.destruction.consent_id)
        return [one.told for one in receivers_of(work.connection, paper)]


def test_a_receiver_who_was_told_and_has_confirmed_is_named_and_the_readable_message_goes(
    school: School, platform: Platform
):
    pupils = school.enrol(3)
    school.decide(pupils)
    submission = way.sent(school)
    school.withdraw(pupils[0])
    follow_withdrawals(school.registry)
    assert told(school, only(school)) == [Told.NOT_TOLD]
    way.drain(school.registry)
    assert told(school, only(school)) == [Told.CONFIRMED]
    pass_the_day(school)
    done = only(school)
    assert done.state == "destroyed"
    assert done.destruction.outcome is not None
    (receiver,) = done.destruction.outcome.receivers
    assert (receiver.message_id, receiver.told) == (submission.message_id, Told.CONFIRMED)
    assert receiver.confirmed_at is not None
    assert submission.payload_file is not None
    assert done.destruction.outcome.payloads == 1
    assert way.now(school, submission).payload_file is None
    with pytest.raises(NotFoundError):
        school.registry.files.get(submission.payload_file)


def test_a_submission_that_is_under_way_holds_it_and_says_so(school: School, platform: Platform):
    pupils = school.enrol(2)
    school.decide(pupils)
    way.prepare(school)
    school.withdraw(pupils[0])
    follow_withdrawals(school.registry)
    pass_the_day(school)
    found = only(school)
    assert found.state == "waiting"
    with school.registry.reading(SYSTEM) as work:
        last = workflows.look(work, found.destruction.case_id).history[-1]
    assert (last.kind.value, last.reason) == ("held", "kept-open-submission")
