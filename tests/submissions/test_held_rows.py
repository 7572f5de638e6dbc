"""A row in error of an approved list is a student whom nobody asked: the school stays open till then."""

from datetime import date

import pytest
from sqlalchemy import update

from registry.errors import ConflictError
from registry.people.models.families import families_of
from registry.people.models.tables import contacts
from registry.people.rosters.reader import read_workbook
from registry.people.usecases import rosters
from registry.people.usecases.reviewing import RosterFile, read_roster, show_review
from registry.submissions.readiness import Readiness, readiness
from registry.trail.entries import SYSTEM
from registry.workflows import versions
from tests.people.books import CLEAN, HEADER, book
from tests.submissions import way
from tests.submissions.school import PROGRAMME, Pupil, School


def line(number: str, snils: str) -> list[object]:
    """A child of eleven with a mother; everything of his own but the number."""
    row = list(CLEAN)
    row[2], row[4], row[5] = number, date(2009, 5, 31), snils
    row[6], row[7] = "+79160000001", "child@example.org"
    return row


GOOD = line("Олег", "112-233-445 95")
WRONG = ["2", "Ёлкин", "Пётр", "Ильич", date(2009, 6, 1), "112-233-445 96", "+79160000002", "p@example.org"]


def approve(school: School, *rows: list[object]) -> None:
    data = book(**{"5А": [HEADER, *rows]})
    registry = school.registry
    with registry.work(SYSTEM) as work:
        name = "roster-review.toml"
        versions.publish(work, {name: versions.shipped()[name]})
    with registry.reading(school.clerk) as reading:
        read = read_roster(reading, school.id, RosterFile(data, read_workbook(data)))
    with registry.work(school.clerk) as work:
        batch = rosters.upload(work, school.id, read)
    with registry.work(school.clerk) as work:
        rosters.approve(work, school.id, batch.id, show_review(work, school.id, batch.id).mark)


def decide_for_everybody(school: School) -> None:
    with school.registry.work(SYSTEM) as work:
        work.connection.execute(update(contacts).values(confirmed_at=work.now, confirmed_how="code"))
        found = families_of(work.connection, work.vault, school.id, work.today)
    school.decide(Pupil(one.student.id, one.guardians[0].person.id, str(one.class_name), "") for one in found)


def ready(school: School) -> Readiness:
    with school.registry.reading(SYSTEM) as work:
        return readiness(work, school.id, PROGRAMME)


@pytest.mark.proves("S1-10", "S1-12")
def test_a_school_with_a_row_in_error_is_not_prepared_until_the_list_is_mended(school: School):
    approve(school, GOOD, WRONG)
    decide_for_everybody(school)
    found = ready(school)
    assert (found.waiting, found.ready) == (0, False)
    assert [(one.name, [row.row for row in one.held]) for one in found.classes] == [("5А", [3])]
    with pytest.raises(ConflictError, match="5А: 3") as caught:
        way.prepare(school)
    assert caught.value.slug == "held-rows"
    assert way.all_of(school) == []
    approve(school, GOOD)
    assert ready(school).ready
    assert way.prepare(school).state == "prepared"


def test_a_row_in_error_that_came_after_the_freeze_stops_the_sign_off(school: School):
    approve(school, GOOD)
    decide_for_everybody(school)
    submission = way.prepare(school)
    approve(school, GOOD, WRONG)
    with pytest.raises(ConflictError) as caught:
        way.sign_off(school, submission)
    assert caught.value.slug == "held-rows"
    approve(school, GOOD)
    assert way.sign_off(school, submission).changes == ()
