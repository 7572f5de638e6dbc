"""What the tutor does with reminders on pages: sees what went out, reminds now, manages on paper."""

from collections.abc import Callable, Iterator
from datetime import time
from uuid import UUID

import pytest

from registry.access.rules import Role
from registry.app import load_names
from registry.letters.rules import LetterKind
from tests.consents.conftest import Town
from tests.consents.pages.conftest import Reader
from tests.consents.requests import Days, Hours

load_names()


@pytest.fixture
def days(town: Town) -> Iterator[Days]:
    clock = Hours(town.registry)
    with clock.at(time(12)):
        days = Days(town, clock)
        days.publish()
        days.tick()
        yield days


@pytest.fixture
def tutor(days: Days, employee: Callable[[Role], Reader]) -> Reader:
    return employee(Role.TUTOR)


def test_a_tutor_reminds_those_of_his_class_who_did_not_answer(
    tutor: Reader, days: Days, class_id: UUID
) -> None:
    tutor.open(f"/consents/classes/{days.town.school}/{class_id}")
    assert "Следующее напоминание: 05.11.2020" in tutor.text
    tutor.follow("Напомнить тем, кто не ответил")
    assert tutor.path.endswith("/remind")
    assert "Пригласить" not in tutor.text
    assert "Напомнить сейчас: 4" in tutor.text
    tutor.send("/remind")
    assert "Напоминания отправляются." in tutor.text
    assert tutor.text.count("Напоминали: 02.11.2020.") == 3
    assert "Следующее напоминание: 09.11.2020" in tutor.text, "that of the 5th is replaced"
    assert sum(days.reminded().values()) == 4
    tutor.follow("Напомнить тем, кто не ответил")
    assert "Напоминать сейчас некому." in tutor.text
    assert "Сегодня уже напоминали. Снова можно с 03.11.2020." in tutor.text


def test_a_tutor_reminds_of_one_student_and_sees_what_went_out(
    tutor: Reader, days: Days, class_id: UUID
) -> None:
    tutor.open(f"/consents/classes/{days.town.school}/{class_id}")
    tutor.follow("Напоминания : Иванова Adult")
    assert "Напоминаний ещё не было." in tutor.text
    tutor.send("/remind")
    assert "сотрудник" in tutor.text
    assert "почта, отправляется" in tutor.text
    assert days.reminded() == {"adult": 1}
    assert "Напомнить сейчас" not in tutor.text
    assert "Сегодня уже напоминали. Снова можно с 03.11.2020." in tutor.text


def test_what_is_managed_on_paper_is_said_where_letters_would_be(
    tutor: Reader, days: Days, class_id: UUID
) -> None:
    student = days.town.people["adult"]
    place = f"/consents/schools/{days.town.school}/students/{student}/request"
    tutor.open(place)
    tutor.send("/paper")
    assert "Письма больше не уходят" in tutor.text
    assert "Напомнить сейчас" not in tutor.text
    tutor.open(f"/consents/classes/{days.town.school}/{class_id}")
    assert "Ведём на бумаге: письма не уходят." in tutor.text
    assert days.stage("adult") == "on_paper"
    tutor.open(place)
    tutor.send("/paper")
    assert "Письма снова уходят." in tutor.text
    assert days.stage("adult") == "asked"


def test_a_letter_leads_in_by_a_link_of_its_own_and_older_ones_stay_good(
    tutor: Reader, days: Days, class_id: UUID
) -> None:
    older = days.town.link("adult")
    tutor.open(f"/consents/classes/{days.town.school}/{class_id}/remind")
    tutor.send("/remind")
    link = days.link_in_letter_to("adult", LetterKind.REMINDER)
    assert link != older
    for token in (older, link):
        tutor.open(f"/i/{token}")
        assert "Это не я" in tutor.text
