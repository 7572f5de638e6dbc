"""A row of a list that means who is there already: decided from above, and the list of the school goes on."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access.rules import Role
from registry.errors import ConflictError
from registry.people.models import tables
from registry.people.models.batches import held_rows_of
from registry.people.models.collisions import Outcome
from registry.people.models.places import list_schools
from registry.people.rosters.comparing import RowState
from registry.people.rosters.findings import Level
from registry.people.usecases import collisions
from registry.people.usecases.corrections import correct_field
from registry.people.usecases.families import leave_school
from registry.rights import usecases as rights
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Employ, Office
from tests.people.test_collisions import OTHER, address_of, claim, coordinator, leaves, town_of
from tests.people.test_same_words import let_days_pass
from tests.web.browsers import Browser

WRONG_DATE = [*CLEAN[:4], date(2005, 5, 2), *CLEAN[5:]]
LIST = book(**{"9А": [HEADER, WRONG_DATE, OTHER]})
SAID = {"outcome": "same-person", "reason": "Показали свидетельство о рождении"}


@pytest.fixture
def listed(offices: list[Office]) -> list[Office]:
    """Two schools; the list of the second says the child of the first with another birth date."""
    offices[0].approve(book(**{"9Б": [HEADER, CLEAN]}))
    (held, _) = offices[1].approve(LIST).rows
    assert held.level is Level.ERROR
    return offices


def settled(app: Flask, registry: Registry, offices: list[Office]) -> Browser:
    """Let a coordinator decide on one claim of the row: its number, phone and address are decided at once."""
    browser = coordinator(app, registry, town_of(offices[0]))
    listed = addresses(browser)
    assert len(listed) == 3
    assert browser.post(listed[0], **SAID).status_code == 303
    assert not addresses(browser)
    return browser


def addresses(browser: Browser) -> list[str]:
    return re.findall(r'href="(/schools/collisions/[^"]+)"', browser.get("/schools/collisions").text)


def held_of(office: Office) -> int:
    with office.registry.reading(SYSTEM) as work:
        return len(held_rows_of(work.connection, work.vault, office.school))


def test_who_decides_sees_the_row_and_whether_the_birth_dates_agree(
    app: Flask, registry: Registry, listed: list[Office]
) -> None:
    browser = coordinator(app, registry, town_of(listed[0]))
    shown = browser.get(addresses(browser)[0]).text
    for words in ("Это один человек", "лист 9А, строка 2", "Дата рождения", "другая"):
        assert words in shown
    assert "02.05.2005" not in shown
    assert "22.05.2005" not in shown


def test_the_list_goes_on_and_nobody_is_there_twice(
    app: Flask, registry: Registry, listed: list[Office]
) -> None:
    """T6: after the decision the same list is accepted; who was there is the same person as before."""
    here, there = listed
    (before,) = here.families()
    assert held_of(there) == 1
    settled(app, registry, listed)
    review = there.approve(LIST)
    assert Level.ERROR not in {one.level for one in review.rows}
    assert [one.state for one in review.rows] == [RowState.NEW, RowState.SAME]
    assert held_of(there) == 0
    (after,) = here.families()
    assert (
        after.student == before.student
    )  # his record is as it was, until a list that changes it is approved
    assert before.student.id in {one.student.id for one in there.families()}
    assert len(leaves(registry, "identifier.settled")) == 3


def test_only_what_was_decided_on_is_known_again(
    app: Flask, registry: Registry, listed: list[Office]
) -> None:
    """T6: another child under the same number, and another birth date, stay in error."""
    settled(app, registry, listed)
    for place, value in ((2, "Роман"), (4, date(2004, 5, 2))):
        row = [*WRONG_DATE]
        row[place] = value
        found = listed[1].review(listed[1].upload(book(**{"9А": [HEADER, row]}))).review
        assert found.rows[0].level is Level.ERROR


def test_both_schools_are_told_in_words_what_happens(
    app: Flask, registry: Registry, listed: list[Office], employ: Employ
) -> None:
    browser = settled(app, registry, listed)
    told = ("Его запись осталась как есть: сверьте", "Загрузите этот список снова")
    for office, words, foreign in zip(listed, told, ("Школа 18", "Школа 17"), strict=True):
        employ(f"clerk-{office.school}", Role.CLERK, office.school)
        clerk = browser.another()
        clerk.sign_in(f"clerk-{office.school}")
        tasks = clerk.get(f"/schools/{office.school}/collision-tasks").text
        assert words in tasks
        assert foreign not in tasks


def test_one_who_left_every_school_is_taken_in_again(
    app: Flask, registry: Registry, listed: list[Office]
) -> None:
    """Nobody stands at the other side: the claiming school alone is told, and its list goes on."""
    here, there = listed
    (family,) = here.families()
    with registry.work(here.clerk) as work:
        leave_school(work, here.school, family.student.id)
    let_days_pass(registry, family.student.id)
    settled(app, registry, listed)
    there.approve(LIST)
    assert family.student.id in {one.student.id for one in there.families()}


def test_two_numbers_are_never_one_person(app: Flask, registry: Registry, offices: list[Office]) -> None:
    """A row with a SNILS of its own cannot mean who has another, whatever else agrees."""
    here, there = offices
    here.approve(book(**{"9Б": [HEADER, CLEAN]}))
    row = [*OTHER]
    row[6] = CLEAN[6]
    there.upload(book(**{"9А": [HEADER, row]}))
    browser = coordinator(app, registry, town_of(here))
    address = address_of(registry, there)
    assert "В строке другой СНИЛС" in browser.get(address).text
    assert browser.post(address, **SAID).status_code == 422
    with registry.work(SYSTEM) as work:
        (opened,) = collisions.list_open(work, list_schools(work.connection))
        shown = collisions.view(work, opened)
        with pytest.raises(ConflictError):
            collisions.settle(work, shown, Outcome.SAME_PERSON, "похожи")


def test_who_is_stored_twice_is_put_right_as_the_task_says(registry: Registry, offices: list[Office]) -> None:
    """Two records are not made one; the school empties and closes the one too many, and uploads the row."""
    here, there = offices
    here.approve(book(**{"9Б": [HEADER, CLEAN]}))
    twice = [*CLEAN]
    twice[5], twice[6], twice[7] = None, "+79160000001", "o.p@example.org"
    twice[13] = twice[14] = twice[15] = None
    there.approve(book(**{"9А": [HEADER, twice]}))
    (double,) = there.families()
    claim(there)
    with registry.work(there.clerk) as work:
        for name in ("snils", "phone", "email"):
            correct_field(work, there.school, double.student.id, name, "")
        leave_school(work, there.school, double.student.id)
    let_days_pass(registry, double.student.id)
    found = there.approve(book(**{"9А": [HEADER, CLEAN]}))
    assert found.rows[0].level is Level.OK
    assert [one.student.id for one in there.families()] == [one.student.id for one in here.families()]


def test_what_is_known_again_goes_with_the_persons_data(
    app: Flask, registry: Registry, listed: list[Office]
) -> None:
    """T6: when the holder's data are destroyed, nothing is left by which such a row is known."""
    settled(app, registry, listed)
    (family,) = listed[0].families()
    kept = select(tables.collisions.c.id).where(tables.collisions.c.said_as.is_not(None))
    with registry.work(SYSTEM) as work:
        assert len(work.connection.execute(kept).all()) == 3
        rights.repeat(work, family.student.id)
    with registry.reading(SYSTEM) as work:
        assert not work.connection.execute(kept).all()
