"""The pages of processes and cases: seen by those whose place it is, and by nobody else."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.web.doors import check_doors
from registry.work import Registry
from registry.workflows import usecases
from registry.workflows.cases import Case
from registry.workflows.pages import blueprint
from tests.workflows.tiny import SCHOOL, TUTOR, publish_tiny, shut, thing

PASSWORD = "correct horse"


@pytest.fixture
def app(registry: Registry) -> Flask:
    shut.clear()
    publish_tiny(registry)
    made = create_app(registry)
    made.register_blueprint(blueprint)
    check_doors(made)
    return made


def signed_in(app: Flask, registry: Registry, role: Role, school: UUID = SCHOOL) -> FlaskClient:
    login = f"user-{uuid4().hex[:8]}"
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser(login, login, Passwords(registry.settings).hash(PASSWORD)))
        scope, place = (Scope.CLASS, uuid4()) if role is Role.TUTOR else (Scope.SCHOOL, school)
        if role is Role.OPERATOR:
            give_role(work, user_id, Right(role, Scope.INSTALLATION))
        else:
            give_role(work, user_id, Right(role, scope, place, school))
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    said = {"csrf_token": found[1], "login": login, "password": PASSWORD, "next": "/"}
    assert client.post("/sign-in", data=said).status_code in {302, 303}
    return client


def begun(registry: Registry) -> Case:
    with registry.work(SYSTEM) as work:
        case = usecases.start(work, "tiny", thing(), SCHOOL)
    with registry.work(TUTOR) as work:
        note = {"reason": "looked-through", "note": "Мария Ивановна"}
        return usecases.advance(work, case.id, "check", context=note)


def test_a_process_shows_its_drawing_and_the_same_as_a_list(app: Flask, registry: Registry):
    begun(registry)
    client = signed_in(app, registry, Role.DIRECTOR)
    assert "Малый процесс" in client.get("/processes").text
    answer = client.get("/processes/tiny")
    assert answer.status_code == 200
    assert "<svg" in answer.text
    assert "Проверено · дел: 1" in answer.text
    assert "дней: 3" in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.TUTOR, Role.OPERATOR])
def test_a_case_shows_its_history_without_the_sealed_notes(app: Flask, registry: Registry, role: Role):
    case = begun(registry)
    answer = signed_in(app, registry, role).get(f"/processes/cases/{case.id}")
    assert answer.status_code == 200
    assert "looked-through" in answer.text
    assert "Проверить" in answer.text
    assert "Мария" not in answer.text


def test_a_case_of_another_school_reads_like_no_case_at_all(app: Flask, registry: Registry):
    case = begun(registry)
    client = signed_in(app, registry, Role.DIRECTOR, UUID(int=18))
    foreign = client.get(f"/processes/cases/{case.id}")
    missing = client.get(f"/processes/cases/{uuid4()}")
    assert foreign.status_code == missing.status_code == 404
    assert "дел: 0" in client.get("/processes/tiny").text


def test_who_is_not_signed_in_is_sent_to_the_door(app: Flask, registry: Registry):
    case = begun(registry)
    assert app.test_client().get(f"/processes/cases/{case.id}").status_code in {302, 303, 401}


def test_an_unknown_process_is_not_found(app: Flask, registry: Registry):
    client = signed_in(app, registry, Role.DIRECTOR)
    assert client.get("/processes/nothing").status_code == 404
