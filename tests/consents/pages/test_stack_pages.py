"""A tutor brings a stack and goes through it form by form; a second person looks at what was entered."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from benchmarks.scanning import blank
from registry.access.rules import Role
from registry.consents.models.stack_tables import paper_stacks
from registry.consents.rules.decisions import State
from registry.consents.usecases.stack_reading import read_stack
from registry.programmes.rules.numbers import Change
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.consents.conftest import S, Town, confirm_everything
from tests.consents.pages.conftest import Reader
from tests.consents.papers import scan, sheet_of, stack, stapler_of
from tests.consents.test_new_texts import go_over, publish

# How rows stand is held on both databases by tests/consents/test_stacks.py.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FILLED = {
    "kind": "given",
    "on_day_day": "1",
    "on_day_month": "11",
    "on_day_year": "2020",
    "signature": "yes",
}


@pytest.fixture
def percent() -> int:
    """Of how many papers in a hundred a second person looks."""
    return 0


@pytest.fixture
def registry(registry: Registry, percent: int) -> Registry:
    return replace(registry, settings=replace(registry.settings, paper_check=percent))


@pytest.fixture
def tutor(employee: Callable[[Role], Reader]) -> Reader:
    return employee(Role.TUTOR)


def bring(tutor: Reader, town: Town, class_id: UUID, *files: bytes) -> None:
    """Bring files on the page of the class, and let the worker read them."""
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Сканы бланков стопкой")
    sent = [(io.BytesIO(one), f"{number}.pdf") for number, one in enumerate(files)]
    tutor.send("/stacks", place="Папка 7А", stack=sent)  # type: ignore[arg-type]
    assert "читается" in tutor.text
    assert tutor.page is not None
    assert tutor.page.headers["Refresh"] == "5"
    with town.registry.reading(SYSTEM) as work:
        stack_id = work.connection.execute(select(paper_stacks.c.id)).scalar_one()
    read_stack(town.registry, town.school, stack_id)
    tutor.open(tutor.path)


@pytest.mark.proves("S1-14")
def test_a_class_is_entered_from_its_stack_in_one_sitting(tutor: Reader, town: Town, class_id: UUID) -> None:
    confirm_everything(town)
    sheets = scan(stapler_of(town).printed())
    bring(tutor, town, class_id, stack(sheets))
    tutor.follow("Разбирать по порядку")
    total, shown = int(re.findall(r"Бланк 1 из (\d+)", tutor.text)[0]), 0
    for number in range(1, total + 1):
        assert f"Бланк {number} из {total}, разобрано {number - 1}" in tutor.text
        for picture in re.findall(r'<img class="registry-scan" src="([^"]+)"', tutor.text):
            answer = tutor.client.get(picture)
            assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
            shown += 1
        tutor.send("/forms/", **FILLED)
    assert shown == len(sheets)
    assert f"{total} из {total}" in tutor.text
    assert {town.state(one) for one in ("child", "teen", "adult")} == {State.GIVEN}


def test_a_form_without_a_signature_or_a_date_is_not_taken_and_may_be_put_off(
    tutor: Reader, town: Town, class_id: UUID
) -> None:
    bring(tutor, town, class_id, stack(scan(stapler_of(town).printed())[:2]))
    tutor.follow("Разбирать по порядку")
    assert tutor.send("/forms/", **FILLED | {"signature": "no", "on_day_month": "13"}).status_code == 422
    assert "Без подписи бланк не принимают" in tutor.text
    assert "Напишите дату документа" in tutor.text
    assert (
        tutor.send("/forms/", **FILLED | {"kind": "refused", "reason": "none-of-the-list"}).status_code == 422
    )
    assert "Выберите причину из списка" in tutor.text
    assert tutor.send("/mend").status_code == 422
    tutor.send("/mend", fault="no_signature")
    assert "на исправлении у семьи" in tutor.text


def test_pages_that_nobody_knows_are_settled_by_hand(tutor: Reader, town: Town, class_id: UUID) -> None:
    bring(tutor, town, class_id, blank(), blank())
    assert tutor.text.count("кода не видно") == 2
    assert tutor.send("/code", code="АБВГ").status_code == 422
    assert "Код не подходит" in tutor.text
    tutor.send("/throw", why="blank")
    assert "Пустая страница" in tutor.text
    assert tutor.text.count("кода не видно") == 1


def test_what_is_no_scan_is_told_beside_its_field(tutor: Reader, town: Town, class_id: UUID) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}/stacks")
    tutor.send("/stacks", place="Папка", stack=[(io.BytesIO(b"MZ"), "evil.pdf")])  # type: ignore[arg-type]
    assert "Это не PDF, не JPEG и не PNG" in tutor.text
    tutor.send("/stacks", place="Папка")
    assert "Выберите файлы" in tutor.text


@pytest.mark.parametrize("percent", [100])
@pytest.mark.proves("S1-14")
def test_a_second_person_confirms_on_his_own_page_and_nobody_checks_himself(
    employee: Callable[[Role], Reader], tutor: Reader, town: Town, class_id: UUID, app: Flask
) -> None:
    confirm_everything(town)
    bring(tutor, town, class_id, stack(scan(stapler_of(town).printed())[-2:]))
    tutor.follow("Разбирать по порядку")
    tutor.send("/forms/", **FILLED)
    assert "на проверке" in tutor.text
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    assert "бумага на проверке" in tutor.text
    assert "бумага внесена, ждёт второй проверки" in tutor.text
    assert tutor.open(f"/consents/schools/{town.school}/checks").status_code == 403
    assert {town.state(one) for one in ("child", "teen", "adult")} == {State.ASKED}
    clerk = employee(Role.CLERK)
    clerk.open("/consents")
    clerk.follow("Бумаги на проверке")
    clerk.follow("Подписывает")
    assert "Папка 7А" in clerk.text
    assert "01.11.2020" in clerk.text
    clerk.send("/confirm")
    assert "Сейчас проверять нечего" in clerk.text
    assert State.PARTLY_GIVEN in {town.state(one) for one in ("child", "teen", "adult")}


@pytest.mark.parametrize("percent", [100])
def test_a_paper_with_its_own_scan_waits_too_and_comes_back_with_a_reason(
    employee: Callable[[Role], Reader], tutor: Reader, town: Town, class_id: UUID
) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Бумага : Иванова Adult")
    tutor.follow("Согласие на обработку моих данных (обучающийся)")
    tutor.send("/paper", **FILLED, place="05-12, лист 7")
    assert "ждёт проверки вторым человеком" in tutor.text
    director = employee(Role.DIRECTOR)
    director.open(f"/consents/schools/{town.school}/checks")
    director.follow("Подписывает")
    assert "Скана нет: сравните с подлинником" in director.text
    assert director.send("/back").status_code == 422
    director.send("/back", fault="wrong_entry")
    assert "Сейчас проверять нечего" in director.text
    assert town.state("adult") is State.ASKED


def test_a_form_with_the_text_before_says_so_and_takes_the_reason_of_a_refusal(
    tutor: Reader, town: Town, class_id: UUID
) -> None:
    old = sheet_of(town.registry, town.consent("adult", S))
    publish(town, S, Change.MAJOR)
    go_over(town)
    bring(tutor, town, class_id, stack([old]))
    assert "прежний текст, версия 1.1: согласия на него больше не действуют" in tutor.text
    tutor.follow("Разбирать по порядку")
    assert "Согласия на прежний текст больше не действуют" in tutor.text
    said = {"kind": "refused", "reason": "too_much_data", "note": "лишний СНИЛС"}
    tutor.send("/forms/", **FILLED | said)
    (act,) = town.decisions()["adult"].acts.values()
    assert (act.notice_version, act.reason) == ("1.1", "too_much_data")


def test_by_hand_the_version_on_the_paper_is_chosen_and_what_lapsed_is_told(
    tutor: Reader, town: Town
) -> None:
    where = f"/consents/schools/{town.school}/students/{town.people['adult']}/paper/{town.people['adult']}"
    tutor.open(f"{where}/{S}")
    assert "Версия текста на бланке" not in tutor.text
    publish(town, S, Change.MAJOR)
    go_over(town)
    tutor.open(f"{where}/{S}")
    assert "2.0, действует сейчас" in tutor.text
    assert "1.1, прежняя: согласия на неё больше не действуют" in tutor.text
    assert tutor.send("/paper/", **FILLED, place="05-12", version="7.7").status_code == 422
    assert "Выберите версию, которая напечатана на бланке" in tutor.text
    tutor.send("/paper/", **FILLED, place="05-12", version="1.1")
    assert "согласие на него больше не действует" in tutor.text
    assert town.state("adult") is State.ASKED
