"""The pages: who sees and does what, a fresh password, a typed name, and two people."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import create_app
from registry.keys.models import keys as table
from registry.keys.rules import Kind, State
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.keys.conftest import Desk
from tests.submissions import way
from tests.submissions.school import School
from tests.submissions.test_pages import PASSWORD, Browser

NAME = "Анна Образцова"
Employ = Callable[..., Browser]


@pytest.fixture
def app(registry: Registry, desk: Desk) -> Flask:
    return create_app(registry)


@pytest.fixture
def employ(registry: Registry, app: Flask, school: School) -> Employ:
    """Make a user with a role and give his browser, signed in, his password given again."""

    def made(login: str, role: Role = Role.ADMINISTRATOR, scope: Scope = Scope.INSTALLATION) -> Browser:
        with registry.work(SYSTEM) as work:
            user_id = add_user(work, NewUser(login, NAME, Passwords(registry.settings).hash(PASSWORD)))
            place = school.id if scope is Scope.SCHOOL else None
            give_role(work, user_id, Right(role, scope, place, place))
        browser = Browser(app.test_client()).sign_in(login)
        browser.step_up()
        return browser

    return made


def change(browser: Browser, key_id: UUID, what: str, **fields: str) -> TestResponse:
    path = f"/keys/{key_id}/change/{what}"
    return browser.send(path, path, **{"typed_name": NAME, "why": "плановая замена", **fields})


def answer(browser: Browser, key_id: UUID, said: str = "confirm") -> TestResponse:
    path = f"/keys/{key_id}/answer"
    return browser.send(path, path, typed_name=NAME, answer=said)


def test_two_people_rotate_the_operators_key(employ: Employ, desk: Desk):
    old = desk.active()
    first, second = employ("first"), employ("second")
    assert change(first, old.id, "rotate").status_code == 303
    order = next(one for one in desk.every() if one.state is State.PENDING)
    assert "ждёт подтверждения вторым сотрудником" in first.get("/keys").text
    assert 'id="confirm"' not in first.get(f"/keys/{order.id}/answer").text
    assert answer(first, order.id).status_code == 409
    assert answer(second, order.id).status_code == 303
    way.drain(desk.registry)
    new = desk.active()
    assert (new.id, desk.get(old.id).state) == (order.id, State.RETIRED)
    page = second.get(f"/keys/{new.id}").text
    assert str(new.fingerprint)[:4] in page
    assert second.get(f"/keys/{new.id}/public.asc").text == new.public_key
    assert str(old.fingerprint) in second.get(f"/keys/{new.id}/statement.txt").text


def test_a_revocation_stops_the_key_at_once_and_is_final_when_the_second_agrees(employ: Employ, desk: Desk):
    key = desk.active()
    first, second = employ("first"), employ("second")
    assert change(first, key.id, "revoke", why="носитель украден").status_code == 303
    assert desk.get(key.id).stopped
    assert "остановлен" in first.get("/keys").text
    assert answer(second, key.id).status_code == 303
    way.drain(desk.registry)
    revoked = desk.get(key.id)
    assert (revoked.state, revoked.ended_why) == (State.REVOKED, "носитель украден")
    assert first.get(f"/keys/{key.id}/public.asc").text == revoked.revoked_key
    row = desk.platform.intake.store.keys_of("operator")[0]
    assert row["revoked_at"] is not None


def test_a_colleague_may_decline_and_the_key_goes_on(employ: Employ, desk: Desk):
    key = desk.active()
    change(employ("first"), key.id, "revoke")
    answer(employ("second"), key.id, "decline")
    assert (desk.get(key.id).state, desk.get(key.id).asked) == (State.ACTIVE, None)


def test_two_people_pin_a_platforms_key_by_the_paper(employ: Employ, desk: Desk):
    intake = desk.platform.intake
    intake.rotate_key()
    first, second = employ("first"), employ("second")
    fields = {
        "receiver": intake.settings.receiver,
        "public_key": intake.sealer.export_public(intake.key).decode(),
        "fingerprint": intake.key.lower(),
        "why": "письмо от 1 ноября",
        "typed_name": NAME,
    }
    wrong = first.send("/keys/pin", "/keys/pin", **{**fields, "fingerprint": "0" * 40})
    assert wrong.status_code == 422
    assert "отпечаток не тот" in wrong.text
    assert first.send("/keys/pin", "/keys/pin", **fields).status_code == 303
    assert desk.active(Kind.PLATFORM).fingerprint != intake.key
    order = next(one for one in desk.every() if one.state is State.PENDING)
    assert "Сверьте отпечаток с бумагой" in second.get(f"/keys/{order.id}/answer").text
    answer(second, order.id)
    way.drain(desk.registry)
    assert desk.active(Kind.PLATFORM).fingerprint == intake.key


def test_a_retired_key_signs_nothing_new_and_can_only_be_revoked(employ: Employ, desk: Desk):
    key = desk.active()
    first = employ("first")
    assert "больше ничего не подпишет" in first.get(f"/keys/{key.id}/change/retire").text
    assert change(first, key.id, "retire", why="школа сменила оператора").status_code == 303
    retired = desk.get(key.id)
    assert (retired.state, retired.ended_why) == (State.RETIRED, "школа сменила оператора")
    shown = first.get(f"/keys/{key.id}").text
    assert "снят" in shown
    assert re.findall(rf"/keys/{key.id}/change/(\w+)", shown) == ["revoke"]
    for what in ("retire", "rotate", "activate"):
        assert change(first, key.id, what).status_code == 409
    assert desk.get(key.id) == retired


def test_outside_the_sandbox_a_person_brings_the_new_key_into_force(employ: Employ, desk: Desk):
    old = desk.active()
    order = desk.make(desk.rotate())
    assert desk.active() == old
    first = employ("first")
    asked = first.get(f"/keys/{order.id}/change/activate").text
    assert "письменно подтвердила" in asked
    assert 'name="why"' not in asked
    assert change(first, order.id, "activate", typed_name="Другой Человек").status_code == 422
    assert desk.active() == old
    assert change(first, order.id, "activate").status_code == 303
    assert (desk.active().id, desk.get(old.id).state) == (order.id, State.RETIRED)


def test_an_order_that_nobody_agreed_to_does_not_come_into_force(employ: Employ, desk: Desk):
    old = desk.active()
    first = employ("first")
    change(first, old.id, "rotate")
    order = next(one for one in desk.every() if one.state is State.PENDING)
    assert change(first, order.id, "activate").status_code == 409
    assert desk.active() == old


def test_two_people_revoke_a_platforms_key_and_nothing_of_it_is_published(employ: Employ, desk: Desk):
    key = desk.active(Kind.PLATFORM)
    first, second = employ("first"), employ("second")
    assert change(first, key.id, "revoke", why="платформа сообщила о краже").status_code == 303
    assert desk.get(key.id).stopped
    assert answer(first, key.id).status_code == 409
    assert answer(second, key.id).status_code == 303
    way.drain(desk.registry)
    revoked = desk.get(key.id)
    assert (revoked.state, revoked.asked, revoked.revoked_key) == (State.REVOKED, None, None)
    assert way.open_promises(desk.registry) == []
    shown = first.get(f"/keys/{key.id}").text
    assert "отозван" in shown
    assert "/change/" not in shown
    assert first.get(f"/keys/{key.id}/public.asc").text == key.public_key


@pytest.mark.parametrize("public_key", ["", "nonsense", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n"])
def test_what_is_no_key_is_told_beside_its_field(employ: Employ, desk: Desk, public_key: str):
    fields = {"receiver": "Р", "public_key": public_key, "fingerprint": "0" * 40, "why": "проба"}
    refused = employ("first").send("/keys/pin", "/keys/pin", typed_name=NAME, **fields)
    assert refused.status_code == 422
    assert "Открытый ключ не читается" in refused.text
    assert 'href="#public_key"' in refused.text


def test_a_new_key_of_a_school_is_asked_for_and_made(employ: Employ, desk: Desk, school: School):
    first = employ("first")
    fields = {"owner": "17", "why": "школа подписывает сама", "typed_name": NAME}
    assert first.send("/keys/new", "/keys/new", **fields).status_code == 303
    order = next(one for one in desk.every() if one.kind is Kind.SCHOOL)
    answer(employ("second"), order.id)
    way.drain(desk.registry)
    assert desk.active(Kind.SCHOOL).owner == str(school.id)
    assert "Школа № 17" in first.get("/keys").text


@pytest.mark.parametrize(("field", "value"), [("typed_name", "Другой Человек"), ("why", "  ")])
def test_without_the_own_name_or_a_reason_nothing_is_done(employ: Employ, desk: Desk, field: str, value: str):
    before = desk.every()
    refused = change(employ("first"), desk.active().id, "rotate", **{field: value})
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert desk.every() == before


def test_an_old_sign_in_is_not_enough(employ: Employ, app: Flask, desk: Desk):
    employ("first")
    client: FlaskClient = app.test_client()
    stale = Browser(client).sign_in("first")
    for path in ("/keys/new", "/keys/pin", f"/keys/{desk.active().id}/change/revoke"):
        answered = stale.get(path)
        assert answered.status_code in {302, 303, 403}
        assert 'id="typed_name"' not in answered.text


def test_who_may_only_read_is_offered_nothing_and_refused(employ: Employ, desk: Desk, school: School):
    auditor = employ("auditor", Role.AUDITOR)
    key = desk.active()
    page = auditor.get(f"/keys/{key.id}")
    assert page.status_code == 200
    assert "/change/" not in page.text
    assert auditor.get("/keys").status_code == 200
    assert change(auditor, key.id, "retire").status_code == 403
    for role, scope in ((Role.DIRECTOR, Scope.SCHOOL), (Role.CLERK, Scope.SCHOOL)):
        assert employ(role.value, role, scope).get("/keys").status_code == 403
    assert desk.get(key.id) == key


def test_an_operator_of_a_region_changes_no_key_of_the_installation(
    employ: Employ, registry: Registry, app: Flask, desk: Desk
):
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser("regional", NAME, Passwords(registry.settings).hash(PASSWORD)))
        give_role(work, user_id, Right(Role.OPERATOR, Scope.REGION, user_id))
    browser = Browser(app.test_client()).sign_in("regional")
    browser.step_up()
    key = desk.active()
    assert browser.get(f"/keys/{key.id}/change/revoke").status_code == 404
    assert "/change/" not in browser.get(f"/keys/{key.id}").text
    assert browser.get("/keys/pin").status_code == 404


def test_the_page_warns_of_a_key_that_ends_soon(employ: Employ, desk: Desk):
    with desk.registry.work(SYSTEM) as work:
        until = work.now + timedelta(days=6, hours=1)
        work.connection.execute(update(table).where(table.c.kind == "operator").values(valid_until=until))
    text = employ("first").get("/keys").text
    assert re.search(r"до конца срока ключа осталось дней: 6", text)


def test_a_submission_says_why_it_is_not_sealed(
    employ: Employ, registry: Registry, app: Flask, desk: Desk, school: School
):
    way.ready_school(school, 1)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    key = desk.revoke(desk.active())
    text = employ("clerk", Role.CLERK, Scope.SCHOOL).get(f"/submissions/{submission.id}").text
    assert str(key.fingerprint) in text
    assert "отозван" in text
