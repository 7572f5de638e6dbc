"""What the tutor, the clerk and the director do with the pages of consents."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select

from registry.access.rules import Role
from registry.consents.models.tables import acts
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.letters.models import letters
from registry.trail.entries import SYSTEM
from tests.consents.conftest import AGREEMENT, C, Town, confirm_everything, counted
from tests.consents.pages.conftest import PASSWORD, Reader


@pytest.fixture
def tutor(employee: Callable[[Role], Reader]) -> Reader:
    return employee(Role.TUTOR)


def count_letters(town: Town) -> int:
    with town.registry.reading(SYSTEM) as work:
        return int(work.connection.execute(select(func.count()).select_from(letters)).scalar_one())


@pytest.mark.proves("S1-09")
def test_a_tutor_sees_his_class_with_a_row_for_each_student(tutor: Reader) -> None:
    tutor.open("/")
    tutor.follow("Согласия")
    tutor.follow("7А")
    assert "Класс 7А" in tutor.text
    assert "0 из 3" in tutor.text
    assert tutor.text.count("Ждём ответа") >= 3
    assert "Иванова Mother: Согласие на обработку данных ребёнка" in tutor.text


@pytest.mark.proves("S1-09")
def test_a_tutor_of_another_class_finds_no_page(employee: Callable[[Role], Reader], town: Town) -> None:
    tutor = employee(Role.TUTOR)
    with town.registry.reading(SYSTEM):
        student = town.people["child"]
    assert (
        tutor.open(f"/consents/classes/{town.school}/01970000-0000-7000-8000-000000000001").status_code == 404
    )
    other = f"/consents/schools/01970000-0000-7000-8000-000000000001/students/{student}/paper"
    assert tutor.open(other).status_code == 404


def test_the_page_of_a_class_takes_a_fixed_number_of_statements(
    tutor: Reader, town: Town, class_id: UUID
) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    with counted(town.registry) as statements:
        tutor.open(f"/consents/classes/{town.school}/{class_id}")
    assert len(statements) <= 21


def test_a_filter_shows_only_students_in_that_state(tutor: Reader, town: Town, class_id: UUID) -> None:
    confirm_everything(town)
    town.say("mother", town.where("mother", C, "child"), ActKind.REFUSED)
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Отказ (1)")
    assert "Иванова Child" in tutor.text
    assert "Иванова Adult" not in tutor.text


def test_an_invitation_is_shown_before_it_is_sent_and_sent_once(
    tutor: Reader, town: Town, class_id: UUID
) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Пригласить тех, кого ждём")
    assert "Так выглядит письмо" in tutor.text
    tutor.send("/invite")
    assert "Приглашения отправляются" in tutor.text
    sent = count_letters(town)
    assert sent == 4
    tutor.open(f"/consents/classes/{town.school}/{class_id}/invite")
    assert "все, кого ждём, уже приглашены" in tutor.text


def test_a_clerk_invites_the_whole_school(employee: Callable[[Role], Reader]) -> None:
    clerk = employee(Role.CLERK)
    clerk.open("/consents")
    clerk.follow("Пригласить всех, кого ждём в школе")
    clerk.send("/invite")
    assert "Приглашения отправляются" in clerk.text


@pytest.mark.proves("S1-14")
def test_forms_for_what_is_missing_come_as_one_pdf(tutor: Reader, town: Town, class_id: UUID) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    assert tutor.send("/forms").request.path == "/step-up"
    tutor.send("/step-up", password=PASSWORD)
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    answer = tutor.send("/forms")
    assert answer.data.startswith(b"%PDF")


def test_a_paper_is_recorded_with_what_it_says(tutor: Reader, town: Town, class_id: UUID) -> None:
    for _ in range(2):
        tutor.open(f"/consents/classes/{town.school}/{class_id}")
        tutor.follow("Бумага : Иванова Adult")
        tutor.follow("Согласие на обработку моих данных (обучающийся)")
        tutor.send(
            "/paper",
            kind="given",
            on_day_day="1",
            on_day_month="11",
            on_day_year="2020",
            place="05-12, лист 7",
            contacts_true="yes",
        )
        if "Бумажное решение записано" not in tutor.text:
            break
    assert "Этот документ уже подписан и действует" in tutor.text
    assert town.state("adult") is State.GIVEN


def test_a_paper_that_is_not_filled_in_keeps_what_was_typed(
    tutor: Reader, town: Town, class_id: UUID
) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Бумага : Иванова Adult")
    tutor.follow("Согласие на обработку моих данных (обучающийся)")
    answer = tutor.send("/paper", place="=1+1\x00 <b>", on_day_day="31", on_day_month="2", on_day_year="2020")
    assert answer.status_code == 422
    assert 'value="=1+1 &lt;b&gt;"' in answer.text
    assert "Выберите, что написано на бумаге" in tutor.text
    assert "Напишите дату документа" in tutor.text
    assert town.state("adult") is State.ASKED


def test_a_paper_sent_twice_is_one_act(tutor: Reader, town: Town, class_id: UUID) -> None:
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Бумага : Иванова Adult")
    tutor.follow("Согласие на обработку моих данных (обучающийся)")
    action, values = tutor.form("/paper")
    said = {"kind": "refused", "on_day_day": "1", "on_day_month": "11", "on_day_year": "2020", "place": "5"}
    for _ in range(2):
        assert tutor.client.post(action, data={**values, **said}).status_code == 303
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(acts)).scalar_one() == 1


def test_a_new_link_voids_the_old_one(tutor: Reader, town: Town, class_id: UUID, reader: Reader) -> None:
    old = town.link("mother")
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Ссылки : Иванова Child")
    mother = str(town.people["mother"])
    tutor.send(f"{mother}")
    assert "Новая ссылка отправлена" in tutor.text
    assert reader.open(f"/i/{old}").status_code == 410
    here = tutor.path
    assert tutor.send(f"{mother}/paper").request.path == "/step-up"
    tutor.send("/step-up", password=PASSWORD)
    tutor.open(here)
    printed = tutor.send(f"{mother}/paper")
    assert printed.data.startswith(b"%PDF")


def test_a_director_records_a_document_on_a_conflict(
    employee: Callable[[Role], Reader], town: Town, class_id: UUID
) -> None:
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.say("father", town.where("father", C, "child"), ActKind.REFUSED)
    assert town.state("child") is State.CONFLICT
    director = employee(Role.DIRECTOR)
    director.open(f"/consents/classes/{town.school}/{class_id}")
    director.follow("Разногласие : Иванова Child")
    director.send(
        "/conflict",
        stands=str(town.people["father"]),
        document="court",
        on_day_day="1",
        on_day_month="11",
        on_day_year="2020",
        place="дело 2",
    )
    assert "Документ по разногласию записан" in director.text
    assert town.state("child") is State.REFUSED


@pytest.mark.proves("S1-23")
def test_a_school_joins_a_programme_once(employee: Callable[[Role], Reader]) -> None:
    clerk = employee(Role.CLERK)
    clerk.open("/consents/programmes")
    assert "участвует" in clerk.text
    assert "Присоединить" not in clerk.text
