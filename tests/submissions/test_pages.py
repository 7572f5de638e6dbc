"""The pages: who sees what, the clerk's and the director's buttons, words for what went wrong."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from registry.access.models.roles import Term, standing_roles
from registry.access.models.tables import users
from registry.access.passwords import Passwords
from registry.access.rules import Action, Right, Role, Scope
from registry.access.usecases.giving import delegate
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import load_names
from registry.consents.pages import blueprint as consents_pages
from registry.people.esia_match import AccountState
from registry.people.usecases.accounts import note_school_state
from registry.submissions.pages import blueprint
from registry.trail.entries import SYSTEM, Actor
from registry.web.create import create_app
from registry.web.doors import check_doors
from registry.work import Registry
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import PROGRAMME, School

PASSWORD = "correct horse"
Employ = Callable[..., UUID]
NAME = "Мария Петровна Образцова"


class Browser:
    """A person's browser: keeps the session, fills the hidden fields in from the page of the form."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def sign_in(self, login: str) -> "Browser":
        answer = self.send("/sign-in", "/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 303
        return self

    def step_up(self) -> None:
        assert self.send("/step-up", "/step-up", password=PASSWORD).status_code == 303

    def send(self, page: str, path: str, **fields: str) -> TestResponse:
        """Send the form of a page that goes to a path."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.get(page).text))
        hidden.setdefault("idempotency_key", "a key of a form that is not there")
        return self.client.post(path, data={**hidden, **fields})


@pytest.fixture
def app(registry: Registry) -> Flask:
    load_names()
    made = create_app(registry)
    made.register_blueprint(consents_pages)
    made.register_blueprint(blueprint)
    check_doors(made)
    return made


@pytest.fixture
def employ(registry: Registry, school: School) -> Employ:
    """Make a user with roles in the school."""

    def made(login: str, *roles: Role, name: str = NAME) -> UUID:
        with registry.work(SYSTEM) as work:
            user_id = add_user(work, NewUser(login, name, Passwords(registry.settings).hash(PASSWORD)))
            for role in roles:
                give_role(work, user_id, Right(role, Scope.SCHOOL, school.id, school.id))
        return user_id

    return made


@pytest.fixture
def clerk(app: Flask, employ: Employ) -> Browser:
    employ("clerk", Role.CLERK)
    return Browser(app.test_client()).sign_in("clerk")


@pytest.fixture
def director(app: Flask, employ: Employ) -> Browser:
    employ("director", Role.DIRECTOR)
    return Browser(app.test_client()).sign_in("director")


def home(school: School) -> str:
    return f"/submissions/schools/{school.id}/{PROGRAMME}"


def prepared(clerk: Browser, school: School) -> str:
    answer = clerk.send(home(school), f"{home(school)}/prepare")
    assert answer.status_code == 303
    return answer.location


def signed_off(director: Browser, page: str, **fields: str) -> TestResponse:
    director.step_up()
    return director.send(f"{page}/sign-off", f"{page}/sign-off", **{"typed_name": NAME, **fields})


@pytest.mark.proves("S1-11")
def test_clerk_prepares_and_director_signs_off_and_the_page_shows_the_answer(
    school: School, clerk: Browser, director: Browser, platform: Platform
):
    way.ready_school(school)
    page = prepared(clerk, school)
    assert 'data-state="prepared"' in clerk.get(page).text
    assert signed_off(director, page).location == page
    way.drain(school.registry)
    shown = clerk.get(page).text
    assert 'data-state="acknowledged"' in shown
    assert platform.intake.key in shown
    assert str(platform.messages()[0]["sha256"]) in shown
    assert "Приём подтверждён" in clerk.get("/submissions").text
    assert "Начать исправление" in clerk.get(home(school)).text


@pytest.mark.proves("S1-10", "S1-13")
def test_readiness_names_class_student_reason_and_days_left(school: School, clerk: Browser):
    school.decide(school.enrol(2))
    late = school.enrol(1, "6Б")
    shown = clerk.get(home(school)).text
    assert "2 из 3" in shown
    assert "осталось дней: 9" in shown
    assert f"#student-{late[0].id}" in shown
    assert "представитель не ответил" in shown
    assert 'id="prepare"' not in shown
    answer = clerk.send("/sessions", f"{home(school)}/prepare", idempotency_key="0123456789abcdef")
    assert answer.status_code == 409
    assert "6Б (1)" in answer.text


@pytest.mark.proves("S2-04")
def test_a_school_without_an_account_at_esia_is_warned_before_it_prepares_and_signs_off(
    school: School, clerk: Browser, director: Browser
):
    """S2-04: the export warns without it."""
    way.ready_school(school)
    warning = "нет подтверждённой учётной записи Госуслуг"
    assert warning in clerk.get(home(school)).text
    page = prepared(clerk, school)
    director.step_up()
    assert warning in director.get(f"{page}/sign-off").text
    with school.registry.work(SYSTEM) as work:
        note_school_state(work, school.id, AccountState.CONFIRMED)
    assert warning not in clerk.get(home(school)).text
    assert warning not in director.get(f"{page}/sign-off").text


def test_a_form_sent_twice_prepares_once(school: School, clerk: Browser):
    way.ready_school(school)
    key = "a-key-of-this-very-form"
    first, again = (clerk.send("/sessions", f"{home(school)}/prepare", idempotency_key=key) for _ in range(2))
    assert first.location == again.location
    assert again.headers["Idempotency-Replayed"] == "true"


def test_signing_off_needs_the_password_once_more(school: School, clerk: Browser, director: Browser):
    way.ready_school(school)
    page = prepared(clerk, school)
    answer = director.get(f"{page}/sign-off")
    assert answer.status_code == 303
    assert "/step-up" in answer.location
    sent = director.send("/sessions", f"{page}/sign-off", typed_name=NAME)
    assert "/step-up" in sent.location
    assert 'data-state="prepared"' in director.get(page).text


def test_signing_off_needs_ones_own_name(school: School, clerk: Browser, director: Browser):
    way.ready_school(school)
    page = prepared(clerk, school)
    answer = signed_off(director, page, typed_name="Кто-то")
    assert answer.status_code == 422
    assert "Введите имя так" in answer.text
    assert signed_off(director, page, typed_name=f"  {NAME.lower()} ").status_code == 303


def test_who_prepared_is_told_that_another_must_sign_off(app: Flask, school: School, employ: Employ):
    employ("both", Role.CLERK, Role.DIRECTOR)
    both = Browser(app.test_client()).sign_in("both")
    way.ready_school(school)
    page = prepared(both, school)
    both.step_up()
    shown = both.get(f"{page}/sign-off").text
    assert "попросите коллегу" in shown
    assert "typed_name" not in shown
    digest = re.search(r"[0-9a-f]{64}", both.get(page).text)
    assert digest is not None
    answer = both.send(
        "/sessions",
        f"{page}/sign-off",
        typed_name=NAME,
        manifest_sha256=digest[0],
        idempotency_key="0123456789abcdef",
    )
    assert answer.status_code == 409
    assert "утверждает другой" in answer.text


@pytest.fixture
def deputy(registry: Registry, school: School, app: Flask, employ: Employ) -> Browser:
    """A clerk to whom the director handed the sign-off on for today."""
    principal, deputy_id = employ("principal", Role.DIRECTOR), employ("deputy", Role.CLERK)
    with registry.work(Actor("staff", principal, "director", "password", school.id)) as work:
        source = standing_roles(work.connection, principal, work.today)[0]
        actions = frozenset({Action.SUBMISSION_SIGN_OFF, Action.SUBMISSION_READ})
        delegate(work, source, deputy_id, actions, Term(work.today, work.today))
    return Browser(app.test_client()).sign_in("deputy")


def test_a_deputy_signs_off_for_the_director(school: School, clerk: Browser, deputy: Browser):
    way.ready_school(school)
    assert signed_off(deputy, prepared(clerk, school)).status_code == 303


def test_a_deputy_does_not_sign_off_what_he_prepared_himself(school: School, deputy: Browser):
    way.ready_school(school)
    page = prepared(deputy, school)
    deputy.step_up()
    assert "попросите коллегу" in deputy.get(f"{page}/sign-off").text
    digest = re.search(r"[0-9a-f]{64}", deputy.get(page).text)
    assert digest is not None
    said = {"typed_name": NAME, "manifest_sha256": digest[0], "idempotency_key": "0123456789abcdef"}
    answer = deputy.send("/sessions", f"{page}/sign-off", **said)
    assert answer.status_code == 409
    assert "утверждает другой" in answer.text


@pytest.mark.proves("S2-05")
def test_the_sign_off_warns_of_people_without_a_confirmed_account(
    school: School, clerk: Browser, director: Browser, registry: Registry
):
    """S2-05: the sign-off names those whose account in ESIA was not noted as confirmed."""
    way.ready_school(school)
    page = prepared(clerk, school)
    director.step_up()
    assert "Без отметки о подтверждённой" in director.get(f"{page}/sign-off").text
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(users).values(esia_state="confirmed"))
    assert "Без отметки о подтверждённой" not in director.get(f"{page}/sign-off").text


def test_what_changed_is_said_with_class_student_from_and_to(
    school: School, clerk: Browser, director: Browser
):
    pupils = school.enrol(2)
    school.decide(pupils)
    page = prepared(clerk, school)
    school.withdraw(pupils[0])
    assert signed_off(director, page).status_code == 303
    shown = clerk.get(page).text
    assert "Подготовка отменена" in shown
    assert "изменилось решение: Согласие → Отозвано" in shown
    assert f"#student-{pupils[0].id}" in shown
    page = prepared(clerk, school)
    director.step_up()
    assert "Что изменилось с прошлого раза" in director.get(f"{page}/sign-off").text


@pytest.mark.parametrize("path", ["{home}", "{page}", "{page}/sign-off"])
def test_nobody_sees_another_schools_submission(app: Flask, school: School, registry: Registry, path: str):
    way.ready_school(school)
    submission = way.prepare(school)
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser("stranger", "Чужой", Passwords(registry.settings).hash(PASSWORD)))
        other = work.new_id()
        give_role(work, user_id, Right(Role.DIRECTOR, Scope.SCHOOL, other, other))
    stranger = Browser(app.test_client()).sign_in("stranger")
    stranger.step_up()
    address = path.format(home=home(school), page=f"/submissions/{submission.id}")
    assert stranger.get(address).status_code == 404
    assert str(school.id) not in stranger.get("/submissions").text


def test_a_clerk_has_no_way_to_sign_off(school: School, clerk: Browser):
    way.ready_school(school)
    page = prepared(clerk, school)
    clerk.step_up()
    assert clerk.get(f"{page}/sign-off").status_code == 403
    assert "Перейти к утверждению" not in clerk.get(page).text


@pytest.mark.proves("S1-12")
def test_no_door_takes_a_list_of_students(app: Flask):
    doors = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("submissions.")]
    assert {argument for rule in doors for argument in rule.arguments} == {
        "school_id",
        "programme",
        "submission_id",
    }
    assert sorted(rule.rule for rule in doors if "POST" in (rule.methods or ())) == [
        "/submissions/<uuid:submission_id>/acknowledgement",
        "/submissions/<uuid:submission_id>/correct",
        "/submissions/<uuid:submission_id>/resend",
        "/submissions/<uuid:submission_id>/sign-off",
        "/submissions/schools/<uuid:school_id>/<programme>/correction",
        "/submissions/schools/<uuid:school_id>/<programme>/prepare",
    ]


@contextmanager
def statements(registry: Registry) -> Iterator[list[str]]:
    seen: list[str] = []

    def look(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(registry.engine, "before_cursor_execute", look)
    yield seen
    event.remove(registry.engine, "before_cursor_execute", look)


def test_pages_ask_the_database_as_often_for_many_students_as_for_few(
    school: School, clerk: Browser, registry: Registry
):
    school.decide(school.enrol(2))
    school.enrol(1)
    pages = [home(school), "/submissions"]
    counted = []
    for more in (0, 40):
        if more:
            school.decide(school.enrol(more, "7В"))
            school.enrol(more, "8А")
        for page in pages:
            clerk.get(page)
            with statements(registry) as seen:
                assert clerk.get(page).status_code == 200
            counted.append(len(seen))
    assert counted[:2] == counted[2:]
    assert max(counted) < 25


def test_the_page_of_a_submission_asks_as_often_for_many_students_as_for_few(
    school: School, clerk: Browser, registry: Registry
):
    counted = []
    for more in (2, 40):
        pupils = school.enrol(more, f"{more % 9 + 1}А")
        school.decide(pupils)
        submission = way.prepare(school)
        for one in pupils:
            school.rename(one, "Мария")
        way.sign_off(school, submission)
        page = f"/submissions/{submission.id}"
        clerk.get(page)
        with statements(registry) as seen:
            assert clerk.get(page).text.count(">изменились данные<") == more
        counted.append(len(seen))
    assert counted[0] == counted[1] < 25


@pytest.mark.proves("S1-13")
def test_a_late_sending_is_marked_on_every_page(
    app: Flask, school: School, clerk: Browser, registry: Registry
):
    way.ready_school(school)
    on_that_day = Registry.open(replace(registry.settings, today=date(2020, 11, 14)))
    submission = way.sent(replace(school, registry=on_that_day))
    app.extensions["registry"] = on_that_day
    for page in ("/submissions", home(school), f"/submissions/{submission.id}"):
        assert "с опозданием" in clerk.get(page).text
    assert "срок прошёл, дней: 3" in clerk.get(home(school)).text
    on_that_day.engine.dispose()


def test_rights_reach_no_further_than_places(school: School, app: Flask, employ: Employ):
    employ("auditor", Role.AUDITOR)
    auditor = Browser(app.test_client()).sign_in("auditor")
    auditor.send("/purpose", "/purpose", reason="planned", order="№ 1")
    way.ready_school(school)
    assert auditor.get(home(school)).status_code == 200
    assert 'id="prepare"' not in auditor.get(home(school)).text
    answer = auditor.send("/sessions", f"{home(school)}/prepare", idempotency_key="0123456789abcdef")
    assert answer.status_code == 403
