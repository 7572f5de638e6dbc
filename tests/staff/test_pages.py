"""Accounts and roles on the pages: who makes whom, and that an end takes effect at the next click."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from registry.access.models.tables import role_assignments, users
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import give_role
from registry.letters.models import letters
from registry.letters.rules import LetterKind
from registry.staff.jobs import tell
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.staff.conftest import Employ, Person, Place

NEW = "длинная дорога к морю"


def new_tutor(who: Person, school: Place, **more: str) -> dict[str, str]:
    said = {"kind": "tutor.class", "school": str(school.id), "place": str(school.classroom)}
    return {**said, "login": "petrova", "name": "Петрова Анна", "email": "", "first": "", "last": "", **more}


def role_of(registry: Registry, user_id: UUID | None) -> UUID:
    with registry.reading(SYSTEM) as work:
        given = role_assignments.c
        return work.connection.execute(select(given.id).where(given.user_id == user_id)).scalars().one()


def test_a_director_takes_a_tutor_in_who_sets_his_own_password(
    registry: Registry, app: Flask, employ: Employ, school: Place
) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    said = new_tutor(director, school, email="petrova@example.org", first="2020-11-01", last="2020-11-30")
    answer = director.send("/staff/new?kind=tutor.class", "/staff/new", **said)
    link = re.search(r'id="link">([^<]+)<', answer.text)
    assert link is not None
    path = link[1].removeprefix(registry.settings.base_url)
    tutor = Person(app.test_client())
    assert tutor.send(path, path, new=NEW, again=NEW).status_code == 303
    tutor.sign_in("petrova", NEW)
    assert tutor.get(f"/schools/{school.id}/classes/{school.classroom}").status_code == 200
    listed = director.get("/staff").text
    assert "Петрова Анна" in listed
    with registry.reading(SYSTEM) as work:
        kinds = work.connection.execute(select(letters.c.kind)).scalars().all()
    assert kinds == [LetterKind.ACCOUNT_LINK]


def test_a_login_taken_and_a_wrong_place_are_said_at_their_fields(
    employ: Employ, schools: tuple[Place, Place]
):
    director = employ("director", Role.DIRECTOR).step_up()
    mine, other = schools
    page = "/staff/new?kind=tutor.class"
    taken = director.send(page, "/staff/new", **new_tutor(director, mine, login="director"))
    assert taken.status_code == 422
    assert "уже занят" in taken.text
    elsewhere = new_tutor(director, other)
    assert director.send(page, "/staff/new", **elsewhere).status_code == 422
    backwards = new_tutor(director, mine, first="2020-11-03", last="2020-11-02")
    assert "раньше первого" in director.send(page, "/staff/new", **backwards).text


def test_a_question_sent_on_without_an_answer_is_asked_again_with_a_word(
    employ: Employ, schools: tuple[Place, Place]
) -> None:
    administrator = employ("administrator", Role.ADMINISTRATOR).step_up()
    assert "Выберите роль из списка." not in administrator.get("/staff/new").text
    again = administrator.get("/staff/new?step=kind").text
    assert "Выберите роль из списка." in again
    assert '<nav aria-label="Назад">' in again
    asked = "/staff/new?kind=tutor.class&step="
    assert "Выберите школу." not in administrator.get(f"{asked}kind").text
    assert "Выберите школу." in administrator.get(f"{asked}school&school=").text


def test_no_place_is_chosen_for_whoever_gives_a_role(employ: Employ, schools: tuple[Place, Place]) -> None:
    administrator = employ("administrator", Role.ADMINISTRATOR).step_up()
    page = "/staff/new?kind=director.school"
    assert '<option value="">Выберите</option>' in re.sub(r"\s+selected", "", administrator.get(page).text)
    said = new_tutor(administrator, schools[0], kind="director.school", place="")
    answer = administrator.send(page, "/staff/new", **said)
    assert (answer.status_code, "Выберите место из списка." in answer.text) == (422, True)


def test_the_link_is_shown_with_the_login_as_it_is_kept(employ: Employ, school: Place) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    said = new_tutor(director, school, login=" Petrova ")
    shown = director.send("/staff/new?kind=tutor.class", "/staff/new", **said).text
    assert "Логин, с которым потом входить: petrova." in shown


def test_a_director_makes_no_director_and_nothing_above(employ: Employ, school: Place) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    for kind in ("director.school", "administrator.installation", "auditor.region"):
        said = new_tutor(director, school, kind=kind, place=str(school.id))
        assert director.send("/staff/new?kind=tutor.class", "/staff/new", **said).status_code == 422
        assert f'value="{kind}"' not in director.get("/staff/new").text


def test_another_schools_staff_and_nobody_read_alike(employ: Employ, schools: tuple[Place, Place]) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    other = employ("other", Role.TUTOR, schools[1])
    nobody = "01970000-0000-7000-8000-000000000000"
    answers = [director.get(f"/staff/{one}") for one in (other.user_id, nobody)]
    assert [one.status_code for one in answers] == [404, 404]
    assert plain(answers[0].text) == plain(answers[1].text)
    assert "Сотрудник other" not in director.get("/staff").text
    assert director.send("/staff", f"/staff/{other.user_id}/link").status_code == 404


def plain(text: str) -> str:
    return re.sub(r'(value|nonce)="[^"]*"', "", text)


def test_nobody_gives_himself_a_role_or_closes_his_own_account(employ: Employ, school: Place) -> None:
    administrator = employ("administrator", Role.ADMINISTRATOR).step_up()
    own = f"/staff/{administrator.user_id}"
    said = {"kind": "director.school", "place": str(school.id), "first": "", "last": ""}
    keyed = f"{own}/roles/new?kind=director.school"
    assert administrator.get(keyed).status_code == 403
    page = "/staff/new?kind=director.school"
    assert administrator.send(page, f"{own}/roles/new", **said).status_code == 403
    assert administrator.send(page, f"{own}/close").status_code == 404
    assert administrator.send(page, f"{own}/link").status_code == 404


def test_the_end_of_a_role_takes_effect_at_the_next_click(
    registry: Registry, employ: Employ, school: Place
) -> None:
    director, tutor = employ("director", Role.DIRECTOR).step_up(), employ("tutor", Role.TUTOR)
    page = f"/schools/{school.id}/classes/{school.classroom}"
    assert tutor.get(page).status_code == 200
    end = f"/staff/roles/{role_of(registry, tutor.user_id)}/end"
    assert director.send(end, end, when="later", last="").status_code == 422
    assert director.send(end, end, when="later", last="2020-11-05").status_code == 303
    assert tutor.get(page).status_code == 200
    assert director.send(end, end, when="now").status_code == 303
    assert tutor.get(page).status_code == 403
    assert director.send("/deputies", end, when="now").status_code == 404


def test_a_role_of_another_day_opens_nothing_today(registry: Registry, employ: Employ, school: Place) -> None:
    administrator = employ("administrator", Role.ADMINISTRATOR).step_up()
    clerk = employ("clerk", Role.CLERK)
    page = f"/staff/{clerk.user_id}/roles/new"
    said = {"place": str(school.id), "first": "2020-11-03", "last": "2020-11-20"}
    assert administrator.send(f"{page}?kind=director.school", page, **said).status_code == 303
    assert clerk.get("/staff").status_code == 403
    with registry.work(SYSTEM) as work:
        day = work.today
        work.connection.execute(update(role_assignments).values(valid_from=day))
    assert clerk.get("/staff").status_code == 200


def test_a_closed_account_is_out_at_the_next_click_and_back_when_opened_again(employ: Employ) -> None:
    director, tutor = employ("director", Role.DIRECTOR).step_up(), employ("tutor", Role.TUTOR)
    own = f"/staff/{tutor.user_id}"
    assert tutor.get("/sessions").status_code == 200
    assert director.send(own, f"{own}/close").status_code == 303
    assert tutor.get("/sessions").status_code == 303
    assert tutor.send("/sign-in", "/sign-in", login="tutor", password="correct horse").status_code == 422
    assert director.send(own, f"{own}/reopen").status_code == 303
    assert tutor.get("/sessions").status_code == 303
    tutor.sign_in("tutor")


def test_a_director_has_no_hand_in_an_account_that_reaches_further(
    registry: Registry, employ: Employ, schools: tuple[Place, Place]
) -> None:
    director, clerk = employ("director", Role.DIRECTOR).step_up(), employ("clerk", Role.CLERK)
    with registry.work(SYSTEM) as work:
        other = schools[1].id
        give_role(work, clerk.user_id or UUID(int=0), Right(Role.CLERK, Scope.SCHOOL, other, other))
    own = f"/staff/{clerk.user_id}"
    assert director.get(own).status_code == 200
    assert "close" not in director.get(own).text
    for what in ("close", "link", "drop-factor"):
        assert director.send("/staff/new?kind=clerk.school", f"{own}/{what}").status_code == 404


def test_changes_of_rights_ask_for_the_password_once_more(employ: Employ) -> None:
    director, tutor = employ("director", Role.DIRECTOR), employ("tutor", Role.TUTOR)
    assert director.get("/staff/new").location.startswith("/step-up")
    answer = director.send(f"/staff/{tutor.user_id}", f"/staff/{tutor.user_id}/close")
    assert answer.location.startswith("/step-up")
    assert tutor.get("/sessions").status_code == 200


def test_a_lost_factor_is_dropped_and_the_holder_is_out(registry: Registry, employ: Employ) -> None:
    director, tutor = employ("director", Role.DIRECTOR).step_up(), employ("tutor", Role.TUTOR)
    own = f"/staff/{tutor.user_id}"
    assert director.send(own, f"{own}/drop-factor").status_code == 409
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(users).where(users.c.id == tutor.user_id).values(totp_since=work.now))
    assert tutor.get("/sessions").status_code == 303
    assert director.send(own, f"{own}/drop-factor").status_code == 303
    tutor.sign_in("tutor")
    assert tutor.get("/sessions").status_code == 200


@pytest.mark.proves("S2-05")
def test_the_state_of_an_account_in_esia_is_noted_with_name_and_day(employ: Employ) -> None:
    """S2-05: pedagogues need a confirmed account; who noted the state and when stands on the page."""
    director, tutor = employ("director", Role.DIRECTOR), employ("tutor", Role.TUTOR)
    own = f"/staff/{tutor.user_id}"
    assert "не отмечена" in director.get(own).text
    assert director.send(own, f"{own}/esia", esia="approved").status_code == 422
    assert director.send(own, f"{own}/esia", esia="confirmed").status_code == 303
    assert "подтверждённая; отметил(а) Сотрудник director" in director.get(own).text
    assert "подтверждённая" in tutor.get("/account").text
    assert tutor.send("/account", f"{own}/esia", esia="none").status_code == 403


def test_steps_of_an_account_are_told_by_letter_where_there_is_an_address(
    registry: Registry, employ: Employ, school: Place
) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    director.send(
        "/staff/new?kind=tutor.class", "/staff/new", **new_tutor(director, school, email="p@example.org")
    )
    with registry.work(SYSTEM) as work:
        with_address = work.connection.execute(
            select(users.c.id).where(users.c.login == "petrova")
        ).scalar_one()
        tell(work, user_id=str(with_address), step="password-set")
        tell(work, user_id=str(director.user_id), step="password-set")
        kinds = work.connection.execute(select(letters.c.kind).order_by(letters.c.created_at)).scalars().all()
    assert kinds == [LetterKind.ACCOUNT_LINK, LetterKind.ACCOUNT_STEP]


def test_name_and_address_change_and_the_old_address_is_told(
    registry: Registry, employ: Employ, school: Place
) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    said = new_tutor(director, school, email="petrova@example.org")
    director.send("/staff/new?kind=tutor.class", "/staff/new", **said)
    with registry.reading(SYSTEM) as work:
        user_id = work.connection.execute(select(users.c.id).where(users.c.login == "petrova")).scalar_one()
    page = f"/staff/{user_id}/details"
    assert 'value="petrova@example.org"' in director.get(page).text
    wrong = director.send(page, page, name=" ", email="petrova@example.org")
    assert (wrong.status_code, "Укажите фамилию, имя и отчество" in wrong.text) == (422, True)
    assert director.send(page, page, name="Иванова Анна", email="ivanova@example.org").status_code == 303
    card = director.get(f"/staff/{user_id}").text
    assert "Иванова Анна" in card
    assert "ivanova@example.org" in card
    with registry.reading(SYSTEM) as work:
        kinds = work.connection.execute(select(letters.c.kind).order_by(letters.c.id)).scalars().all()
    assert kinds == [LetterKind.ACCOUNT_LINK, LetterKind.ACCOUNT_STEP]


def test_staff_are_found_by_a_part_of_their_name(employ: Employ, school: Place) -> None:
    director = employ("director", Role.DIRECTOR).step_up()
    for login, name in (("petrova", "Петрова Анна"), ("sidorov", "Сидоров Пётр")):
        said = new_tutor(director, school, login=login, name=name)
        assert director.send("/staff/new?kind=tutor.class", "/staff/new", **said).status_code == 200
    found = director.get("/staff?q=петров").text
    assert "Петрова Анна" in found
    assert "Сидоров Пётр" not in found
    assert "Сидоров Пётр" in director.get("/staff?q=SIDOR").text
    assert "Никого не нашлось" in director.get("/staff?q=Ы%25").text
