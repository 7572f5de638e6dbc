"""Promises that wait, fail or were given up are seen by who looks after the registry, and tried once more."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import create_app
from registry.jobs.worker import keep_due_promises
from registry.storage.outbox import promises
from registry.storage.outbox_view import Standing
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.work import Registry
from tests.commands import Done, run_command
from tests.web.browsers import PASSWORD, Browser

SECRET = "Мария Ивановна"
SEEN_BY = [(Role.ADMINISTRATOR, Scope.INSTALLATION), (Role.OPERATOR, Scope.INSTALLATION)]
HIDDEN_FROM = [
    (Role.OPERATOR, Scope.REGION),
    (Role.AUDITOR, Scope.INSTALLATION),
    (Role.DIRECTOR, Scope.SCHOOL),
    (Role.COORDINATOR, Scope.MUNICIPALITY),
]
Enter = Callable[[Role, Scope], Browser]


@pytest.fixture
def app(registry: Registry) -> Flask:
    return create_app(registry)


@pytest.fixture
def enter(app: Flask, registry: Registry) -> Enter:
    def entered(role: Role, scope: Scope) -> Browser:
        login = f"user-{uuid4().hex[:8]}"
        place = None if scope is Scope.INSTALLATION else uuid4()
        school = place if scope is Scope.SCHOOL else None
        with registry.work(SYSTEM) as work:
            user = add_user(work, NewUser(login, login, Passwords(registry.settings).hash(PASSWORD)))
            give_role(work, user, Right(role, scope, place, school))
        browser = Browser(app.test_client())
        assert browser.sign_in(login).status_code in {302, 303}
        return browser

    return entered


def stand(registry: Registry, **values: object) -> UUID:
    """A promised letter that stands so."""
    with registry.work(SYSTEM) as work:
        promised = work.later("letters.deliver", letter_id=uuid4().hex, said=SECRET)
        changed = update(promises).where(promises.c.id == promised)
        work.connection.execute(changed.values(values or {"attempts": 0}))
    return promised


def given_up(registry: Registry) -> UUID:
    failed = datetime(2020, 11, 2, 3, tzinfo=UTC)
    return stand(registry, due_at=None, failed_at=failed, attempts=56, last_error="LaterError letter-later")


def failing(registry: Registry) -> UUID:
    soon = registry.now() + timedelta(minutes=6)
    return stand(registry, due_at=soon, attempts=7, last_error="OperationalError")


def row_of(registry: Registry, promised: UUID):
    with registry.engine.connect() as connection:
        return connection.execute(select(promises).where(promises.c.id == promised)).one()


def entries_about(registry: Registry, promised: UUID) -> list[bytes]:
    with registry.engine.connect() as connection:
        leaves = connection.scalars(select(trail_event.c.leaf)).all()
    return [leaf for leaf in leaves if str(promised).encode() in leaf]


@pytest.mark.parametrize(("role", "scope"), SEEN_BY)
def test_what_was_given_up_is_shown_first_with_its_reason(
    registry: Registry, enter: Enter, role: Role, scope: Scope
):
    stopped, broken, waiting = given_up(registry), failing(registry), stand(registry)
    browser = enter(role, scope)
    text = browser.get("/promises").text
    assert "Отправить письмо или СМС" in text
    assert "Почта или СМС-шлюз не принимает письмо" in text
    assert "LaterError letter-later" in text
    assert "Попыток: 56." in text
    assert "02.11.2020, 13:00 (UTC+10)" in text
    assert (str(stopped) in text, str(broken) in text, str(waiting) in text) == (True, False, False)
    assert [f"{title}: 1" in text for title in ("Остановлены", "Не удаются", "Ждут")] == [True] * 3
    assert str(broken) in browser.get("/promises?show=failing").text
    assert "База данных была недоступна" in browser.get("/promises?show=failing").text
    assert str(waiting) in browser.get("/promises?show=waiting").text


def test_the_page_shows_nothing_of_what_a_promise_is_about(registry: Registry, enter: Enter):
    for make in (given_up, failing, stand):
        make(registry)
    browser = enter(*SEEN_BY[0])
    for standing in Standing:
        text = browser.get(f"/promises?show={standing}").text
        assert "Отправить письмо" in text
        assert SECRET not in text


@pytest.mark.parametrize(("role", "scope"), HIDDEN_FROM)
def test_others_neither_see_promises_nor_open_them(
    registry: Registry, enter: Enter, role: Role, scope: Scope
):
    stopped = given_up(registry)
    browser = enter(role, scope)
    assert browser.get("/promises").status_code in {403, 404}
    assert "/promises" not in browser.get("/").text
    answer = browser.post(f"/promises/{stopped}/again", idempotency_key=uuid4().hex)
    assert answer.status_code in {403, 404}
    assert row_of(registry, stopped).failed_at is not None


def test_trying_again_makes_it_due_with_fresh_tries_and_is_told_once(registry: Registry, enter: Enter):
    stopped, key = given_up(registry), uuid4().hex
    browser = enter(*SEEN_BY[1])
    for _ in range(2):
        answer = browser.post(f"/promises/{stopped}/again", idempotency_key=key)
        assert answer.status_code == 303
    row = row_of(registry, stopped)
    assert (row.failed_at, row.attempts) == (None, 0)
    assert row.due_at <= registry.now()
    (entry,) = entries_about(registry, stopped)
    assert b"promise.reopened" in entry
    assert b"operator" in entry
    assert "Задание будет выполнено сейчас" in browser.get(answer.location).text
    keep_due_promises(registry)
    assert row_of(registry, stopped).attempts == 1


def test_a_kept_promise_is_not_opened_again(registry: Registry, enter: Enter):
    kept = stand(registry, due_at=None, done_at=registry.now())
    answer = enter(*SEEN_BY[0]).post(f"/promises/{kept}/again", idempotency_key=uuid4().hex)
    assert answer.status_code == 404
    assert row_of(registry, kept).due_at is None
    assert entries_about(registry, kept) == []


def test_a_long_list_goes_on_page_by_page(registry: Registry, enter: Enter):
    made = [given_up(registry) for _ in range(60)]
    browser = enter(*SEEN_BY[0])
    first = browser.get("/promises").text
    assert [str(one) in first for one in made] == [True] * 50 + [False] * 10
    second = browser.get(f"/promises?show=given-up&after={made[49]}").text
    assert [str(one) in second for one in made[50:]] == [True] * 10
    assert "after=" not in second


def test_an_address_that_is_wrong_says_so(enter: Enter):
    assert enter(*SEEN_BY[0]).get("/promises?show=everything").status_code == 422


def command(registry: Registry, *words: str) -> Done:
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(registry.settings.home),
        "REGISTRY_DATABASE_URL": registry.settings.database_url,
    }
    return run_command("promises", *words, environ=environ)


def test_the_command_lists_and_opens_again(registry: Registry):
    stopped, waiting = given_up(registry), stand(registry)
    said = command(registry, "--json")
    told = {UUID(one["id"]): one for one in map(json.loads, said.stdout.splitlines())}
    assert said.returncode == 1
    assert told.keys() == {stopped, waiting}
    assert told[stopped]["standing"] == "given-up"
    assert told[stopped]["error"] == "LaterError letter-later"
    assert SECRET not in said.stdout
    assert "Отправить письмо или СМС: Почта" in command(registry).stdout
    assert command(registry, "again", str(stopped)).returncode == 0
    assert row_of(registry, stopped).failed_at is None
    assert len(entries_about(registry, stopped)) == 1
    assert command(registry).returncode == 0


@pytest.mark.parametrize("given", ["nothing", "01970000-0000-7000-8000-00000000dead"])
def test_the_command_says_what_it_cannot_find(registry: Registry, given: str):
    said = command(registry, "again", given)
    assert said.returncode == 1
    assert "задани" in said.stderr
