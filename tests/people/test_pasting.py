"""The upload page: pasted cells and files of every form, from a clerk and from a tutor."""

from uuid import UUID

import pytest

from registry.access.rules import Role
from registry.people.class_names import ClassName
from registry.people.usecases.places import open_classes
from registry.trail.entries import SYSTEM
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Employ, Office, send
from tests.people.forms import ods, text
from tests.people.hostile import GOOD_XLS, OLD, in_directory
from tests.people.test_pages import mark_of
from tests.web.browsers import Browser

PASTED = text([HEADER, CLEAN], separator="\t").decode()


def paste(browser: Browser, school: UUID, cells: str, classroom: str = "9Б"):
    return browser.post(f"/schools/{school}/rosters", **{"cells": cells, "class": classroom})


def test_pasted_cells_are_reviewed_and_approved_like_a_file(clerk: Browser, office: Office):
    answer = paste(clerk, office.school, PASTED)
    assert answer.status_code == 303
    shown = clerk.get(answer.location).text
    assert "9Б: 2" in shown
    assert clerk.post(f"{answer.location}/approve", mark=mark_of(shown)).status_code == 303
    (family,) = office.families()
    assert (family.student.last_name, str(family.class_name)) == ("Грачёв", "9Б")


def test_the_class_may_stand_among_the_pasted_cells_instead(clerk: Browser, office: Office):
    cells = text([[*HEADER, "Класс"], [*CLEAN, "9 «В»"]], separator="\t").decode()
    shown = clerk.get(paste(clerk, office.school, cells, "").location).text
    assert "Вставленные ячейки: 2" in shown
    assert clerk.post(f"{location_of(shown)}/approve", mark=mark_of(shown)).status_code == 303
    assert str(office.families()[0].class_name) == "9В"


def location_of(page: str) -> str:
    return page.split('/approve"', maxsplit=1)[0].rpartition('action="')[2]


def test_cells_that_cannot_be_read_stay_on_the_form_with_the_reason(clerk: Browser, office: Office):
    refused = paste(clerk, office.school, f'{PASTED}2\t"Иванов', "9Б")
    assert refused.status_code == 422
    assert "В строке 3 кавычка открыта" in refused.text
    assert 'href="#cells"' in refused.text
    assert "137-776-863 20" in refused.text
    assert 'value="9Б"' in refused.text


def test_an_empty_form_asks_for_a_file_or_cells(clerk: Browser, office: Office):
    refused = paste(clerk, office.school, " \r\n ")
    assert refused.status_code == 422
    assert "Выберите файл со списком или вставьте ячейки" in refused.text


def test_the_page_says_which_files_it_takes_and_how_large(clerk: Browser, office: Office):
    shown = clerk.get(f"/schools/{office.school}/rosters").text
    assert ".xlsx, .xls или .ods либо текст .csv, до 10 МБ и 60\u00a0000 строк" in shown
    assert 'name="cells"' in shown


def test_a_tutor_finds_his_class_filled_in(office: Office, browser: Browser, employ: Employ):
    with office.registry.work(SYSTEM) as work:
        room = open_classes(work, office.school, frozenset({ClassName(9, "Б")}))[ClassName(9, "Б")].id
    employ("tutor", Role.TUTOR, office.school, room)
    browser.sign_in("tutor")
    assert 'value="9Б"' in browser.get(f"/schools/{office.school}/rosters").text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (ods(**{"9Б": [HEADER, CLEAN]}), "список.ods"),
        (GOOD_XLS, "список.xls"),
        (text([HEADER, CLEAN], encoding="cp1251"), "9Б.csv"),
        (text([HEADER, CLEAN]), "9б класс.txt"),
        (book(**{"9Б": [HEADER, CLEAN]}), "названа как угодно.csv"),
    ],
)
def test_a_file_of_any_form_is_taken_whatever_it_is_called(
    clerk: Browser, office: Office, data: bytes, name: str
):
    answer = send(clerk, office.school, data, name)
    assert answer.status_code == 303
    shown = clerk.get(answer.location).text
    assert clerk.post(f"{answer.location}/approve", mark=mark_of(shown)).status_code == 303
    assert str(office.families()[0].class_name) == "9Б"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((OLD / "far-cell.xls").read_bytes(), "не удалось прочитать"),
        (in_directory("EncryptedPackage"), "закрыт паролем"),
        (b"%PDF-1.4", "Это не таблица"),
    ],
)
def test_the_server_goes_on_after_a_harmful_file(clerk: Browser, office: Office, data: bytes, words: str):
    refused = send(clerk, office.school, data)
    assert refused.status_code == 422
    assert words in refused.text
    assert send(clerk, office.school, GOOD_XLS).status_code == 303
