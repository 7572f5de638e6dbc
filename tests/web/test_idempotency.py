from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from registry.access.rules import Role
from registry.staff.clock import forget_old_answers
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.web.models import idempotency_answers
from registry.work import Registry
from tests.clocks import Later
from tests.web.browsers import Browser

Employ = Callable[[str, Role], UUID]
KEY = "0123456789abcdef"


def promised(registry: Registry) -> int:
    with registry.reading(SYSTEM) as work:
        return work.connection.execute(select(func.count()).select_from(promises)).scalar_one()


@pytest.fixture
def signed_in(browser: Browser, employ: Employ) -> Browser:
    employ("tutor", Role.TUTOR)
    browser.sign_in("tutor")
    return browser


def test_a_form_sent_twice_counts_once_and_is_answered_alike(signed_in: Browser, registry: Registry) -> None:
    first = signed_in.post("/probe/once", said="a", idempotency_key=KEY)
    again = signed_in.post("/probe/once", said="a", idempotency_key=KEY)
    assert (first.status_code, first.json) == (201, {"number": 1})
    assert (again.status_code, again.json) == (201, {"number": 1})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert promised(registry) == 1


def test_an_answer_is_kept_for_a_day(signed_in: Browser, registry: Registry) -> None:
    """It may hold persons' data: their printed forms, say."""
    signed_in.post("/probe/once", said="a", idempotency_key=KEY)
    clock = Later()
    with clock.ticking():
        for hours, left in ((23, 1), (2, 0)):
            clock.waited += timedelta(hours=hours)
            forget_old_answers(registry)
            with registry.reading(SYSTEM) as work:
                kept = select(func.count()).select_from(idempotency_answers)
                assert work.connection.execute(kept).scalar_one() == left


def test_a_key_used_for_another_request_is_refused(signed_in: Browser, registry: Registry) -> None:
    signed_in.post("/probe/once", said="a", idempotency_key=KEY)
    assert signed_in.post("/probe/once", said="b", idempotency_key=KEY).status_code == 422
    assert promised(registry) == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "кириллица-кириллица"])
def test_a_request_without_a_fit_key_is_refused(signed_in: Browser, registry: Registry, key: str) -> None:
    assert signed_in.post("/probe/once", said="a", idempotency_key=key).status_code == 422
    assert promised(registry) == 0


def test_an_answer_with_an_error_leaves_the_key_free(signed_in: Browser) -> None:
    assert signed_in.post("/probe/once", said="wrong", idempotency_key=KEY).status_code == 422
    assert signed_in.post("/probe/once", said="right", idempotency_key=KEY).status_code == 201


def test_two_people_may_use_the_same_key(signed_in: Browser, employ: Employ, registry: Registry) -> None:
    employ("clerk", Role.CLERK)
    other = signed_in.another()
    other.sign_in("clerk")
    assert signed_in.post("/probe/once", said="a", idempotency_key=KEY).status_code == 201
    assert other.post("/probe/once", said="b", idempotency_key=KEY).status_code == 201
    assert promised(registry) == 2


def test_of_many_calls_at_once_with_one_key_one_has_an_effect(
    app: Flask, signed_in: Browser, registry: Registry
) -> None:
    token = signed_in.token("/sessions")
    cookie = signed_in.client.get_cookie("session").value

    def call(_: int) -> tuple[int, str]:
        client = app.test_client()
        client.set_cookie("session", cookie)
        said = {"said": "a", "idempotency_key": KEY, "csrf_token": token}
        answer = client.post("/probe/once", data=said)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(call, range(50)))
    assert len(answers) == 1
    assert promised(registry) == 1


@pytest.mark.parametrize("said", ["politely", "by an error"])
def test_a_second_call_that_finds_the_work_done_is_answered_as_the_first_one_was(
    signed_in: Browser, registry: Registry, said: str
) -> None:
    first = signed_in.post("/probe/once-only", said=said, idempotency_key=KEY)
    again = signed_in.post("/probe/once-only", said=said, idempotency_key=KEY)
    assert (first.status_code, first.json) == (201, {"number": 1})
    assert (again.status_code, again.json) == (201, {"number": 1})
    assert signed_in.post("/probe/once-only", said=said, idempotency_key=KEY[::-1]).status_code == 409
    wrote = 2 if said == "politely" else 1
    assert promised(registry) == wrote, "what goes with an answered error stays, a raised one undoes it"


def test_parts_of_a_form_without_a_name_are_no_failure_of_ours(signed_in: Browser) -> None:
    parts = (
        ("csrf_token", signed_in.token("/sessions")),
        ("idempotency_key", KEY),
        ("said", "a"),
        ("b", "1"),
        ("b", "2"),
    )
    named = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in parts
    ]
    nameless = ["--edge\r\nContent-Disposition: form-data\r\n\r\nlost\r\n"] * 2
    files = ['--edge\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n'] * 2
    answer = signed_in.client.post(
        "/probe/once",
        data="".join([*named, *nameless, *files, "--edge--\r\n"]).encode(),
        content_type="multipart/form-data; boundary=edge",
    )
    assert answer.status_code == 201
