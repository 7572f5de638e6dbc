from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.access.models.tables import sessions, tries
from registry.access.rules import Role
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.work import Registry
from tests.web.browsers import Browser

Employ = Callable[[str, Role], UUID]


def cookie_of(answer: TestResponse) -> str:
    return answer.headers["Set-Cookie"].split(";")[0]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    said = browser.get("/sign-in").headers["Set-Cookie"]
    assert said.startswith("session=")
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert "Path=/" in said


def test_under_https_the_cookie_is_bound_to_the_host(registry: Registry) -> None:
    settings = replace(registry.settings, base_url="https://registry.example")
    client = create_app(replace(registry, settings=settings)).test_client()
    answer = client.get("/sign-in", base_url="https://registry.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("address", ["/health", "/api/v1/openapi.json"])
def test_an_answer_without_a_form_sets_no_cookie(browser: Browser, address: str) -> None:
    """Every page of the registry has one, which chooses the language."""
    assert "Set-Cookie" not in browser.get(address).headers


def test_signing_in_replaces_the_token_that_the_browser_had(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    before = cookie_of(browser.get("/sign-in"))
    after = cookie_of(browser.sign_in("tutor"))
    assert before != after
    browser.client.set_cookie("session", before.partition("=")[2])
    assert browser.get("/sessions").status_code == 303


def test_signing_in_again_ends_the_session_before(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    first = cookie_of(browser.sign_in("tutor"))
    browser.sign_in("tutor")
    browser.client.set_cookie("session", first.partition("=")[2])
    assert browser.get("/sessions").status_code == 303


def test_the_token_itself_is_nowhere_in_the_database(
    browser: Browser, registry: Registry, employ: Employ
) -> None:
    employ("tutor", Role.TUTOR)
    token = cookie_of(browser.sign_in("tutor")).partition("=")[2]
    with registry.reading(SYSTEM) as work:
        row = work.connection.execute(select(sessions)).one()
    assert token not in repr(row)


def test_signing_out_ends_the_session_and_takes_the_cookie(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    token = cookie_of(browser.sign_in("tutor")).partition("=")[2]
    answer = browser.post("/sign-out")
    assert answer.location == "/"
    assert "session=;" in answer.headers["Set-Cookie"]
    browser.client.set_cookie("session", token)
    assert browser.get("/sessions").status_code == 303


def test_one_may_end_ones_session_elsewhere_and_nobody_elses(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    employ("clerk", Role.CLERK)
    elsewhere, other = browser.another(), browser.another()
    browser.sign_in("tutor")
    elsewhere.sign_in("tutor")
    other.sign_in("clerk")
    address = next(part for part in browser.get("/sessions").text.split('"') if part.endswith("/end"))
    assert other.post(address).status_code == 404
    assert browser.post(address).status_code == 303
    assert elsewhere.get("/sessions").status_code == 303
    assert browser.get("/sessions").status_code == 200


def test_a_wrong_login_and_a_wrong_password_read_alike(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    wrong = browser.sign_in("tutor", "wrong password")
    unknown = browser.sign_in("nobody", "wrong password")
    assert wrong.status_code == unknown.status_code == 422

    def words(text: str) -> str:
        return text[text.index("<main") : text.index("</main>")].partition('value="')[0]

    assert words(wrong.text) == words(unknown.text)
    assert "wrong password" not in wrong.text


def test_of_many_guesses_at_once_ten_are_looked_at(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)

    def guess(number: int) -> int:
        return browser.another().sign_in("tutor", f"guess {number}").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(40)))
    assert statuses.count(422) == 10
    assert statuses.count(429) == 30
    locked = browser.sign_in("tutor")
    assert locked.status_code == 429
    assert "Слишком много попыток" in locked.text


def test_a_lock_reads_the_same_for_a_login_that_nobody_has(browser: Browser) -> None:
    statuses = [browser.sign_in("nobody", "x").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_success_opens_the_count_again(browser: Browser, registry: Registry, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    for _ in range(9):
        browser.sign_in("tutor", "wrong")
    assert browser.sign_in("tutor").status_code == 303
    with registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(tries)).scalar_one() == 1


def test_a_session_writes_its_last_use_down_at_most_once_a_minute(
    browser: Browser, registry: Registry, employ: Employ
) -> None:
    employ("tutor", Role.TUTOR)
    browser.sign_in("tutor")
    with registry.reading(SYSTEM) as work:
        before = work.connection.execute(select(sessions.c.seen_at)).scalar_one()
    for _ in range(3):
        browser.get("/sessions")
    with registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(sessions.c.seen_at)).scalar_one() == before
