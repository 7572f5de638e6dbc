from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from registry.access.rules import Role
from registry.web.create import create_app
from registry.web.doors import check_doors, doors
from registry.web.links import local_path
from registry.work import Registry
from tests.web.browsers import Browser

Employ = Callable[[str, Role], UUID]


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    assert all(door is not None for _, door in doors(app))


def test_an_application_with_a_silent_route_does_not_start(registry: Registry) -> None:
    app = create_app(registry)
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="silent"):
        check_doors(app)


def test_a_silent_route_that_got_in_all_the_same_is_closed(registry: Registry) -> None:
    app = create_app(registry)
    app.add_url_rule("/silent", "silent", lambda: "secret")
    answer = app.test_client().get("/silent")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    first = browser.get("/probe/people?after=1")
    assert first.status_code == 303
    assert first.location == "/sign-in?next=/probe/people?after%3D1"
    assert browser.sign_in("tutor", target="/probe/people?after=1").location == "/probe/people?after=1"
    assert browser.get("/probe/people").status_code == 200


def test_a_machine_that_is_not_signed_in_gets_a_status_and_no_page(browser: Browser) -> None:
    answer = browser.get("/probe/people", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["code"] == "not-signed-in"


def test_who_has_no_right_is_refused(browser: Browser, employ: Employ) -> None:
    employ("auditor", Role.AUDITOR)
    browser.sign_in("auditor")
    assert browser.get("/probe/sign-off").status_code == 403


def test_a_sign_off_asks_for_the_password_again(browser: Browser, employ: Employ) -> None:
    employ("director", Role.DIRECTOR)
    browser.sign_in("director")
    asked = browser.get("/probe/sign-off")
    assert asked.status_code == 303
    assert asked.location == "/step-up?next=/probe/sign-off"
    wrong = browser.post("/step-up", password="not this", next="/probe/sign-off")
    assert wrong.status_code == 422
    assert browser.get("/probe/sign-off").status_code == 303
    right = browser.post("/step-up", password="correct horse", next="/probe/sign-off")
    assert right.location == "/probe/sign-off"
    assert browser.get("/probe/sign-off").text == "signed off"


def test_a_form_without_its_token_changes_nothing(
    browser: Browser, employ: Employ, counted: list[str]
) -> None:
    employ("tutor", Role.TUTOR)
    browser.sign_in("tutor")
    for token in ("", "x" * 43, "кириллица"):
        said = {"said": "a", "idempotency_key": "k" * 20, "csrf_token": token}
        answer = browser.client.post("/probe/once", data=said)
        assert answer.status_code == 403
    assert counted == []


def test_a_token_of_another_browser_does_not_fit(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    stranger = browser.another()
    browser.sign_in("tutor")
    said = {"said": "a", "idempotency_key": "k" * 20, "csrf_token": stranger.token()}
    assert browser.client.post("/probe/once", data=said).status_code == 403


def test_a_request_from_another_site_is_refused_even_with_the_token(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    browser.sign_in("tutor")
    said = {"said": "a", "idempotency_key": "k" * 20, "csrf_token": browser.token("/sessions")}
    answer = browser.client.post("/probe/once", data=said, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_machine_needs_no_token_and_its_cookie_is_not_looked_at(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    browser.sign_in("tutor")
    answer = browser.client.post("/api/probe/answer", data="signed")
    assert answer.json == {"got": "signed"}


def test_a_request_that_names_another_host_is_refused(browser: Browser) -> None:
    assert browser.get("/", base_url="http://evil.example").status_code == 400
    assert browser.get("/", base_url="http://localhost:8080").status_code == 200


def test_only_a_route_that_takes_uploads_takes_large_requests(browser: Browser) -> None:
    token = browser.token()
    assert browser.client.post("/probe/upload", **upload(token, 2_000_000)).json == {"bytes": 2_000_000}
    assert browser.client.post("/probe/upload", **upload(token, 4_000_000)).status_code == 413
    long = browser.client.post("/sign-in", data={"csrf_token": token, "login": "x" * 2_000_000})
    assert long.status_code == 413


def upload(token: str, length: int) -> dict[str, object]:
    lines = [
        b"--edge",
        b'Content-Disposition: form-data; name="csrf_token"',
        b"",
        token.encode(),
        b"--edge",
        b'Content-Disposition: form-data; name="file"; filename="roster.xlsx"',
        b"",
        b"x" * length,
        b"--edge--",
        b"",
    ]
    return {"data": b"\r\n".join(lines), "content_type": "multipart/form-data; boundary=edge"}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/x\r\nSet-Cookie: a=b",
        "",
        "evil",
        None,
    ],
)
def test_an_address_outside_is_never_followed(target: str | None) -> None:
    assert local_path(target) == "/"


def test_signing_in_leads_to_no_other_site(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    assert browser.sign_in("tutor", target="//evil.example/x").location == "/"
