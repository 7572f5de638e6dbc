import json
import logging
import re

import pytest
from flask import Flask

from registry import errors
from registry.errors import RegistryError
from registry.web.errors import STATUSES
from registry.web.logs import JsonLines
from tests.web.browsers import Browser


def kinds_of(root: type[RegistryError]) -> set[type[RegistryError]]:
    return {one for kind in root.__subclasses__() for one in {kind} | kinds_of(kind)}


def test_every_error_of_the_registry_has_a_status() -> None:
    own = {kind for kind in kinds_of(RegistryError) if kind.__module__ == errors.__name__}
    assert own == set(STATUSES)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/probe/crash", "/probe/conflict", "/health"])
def test_every_answer_carries_the_policy(app: Flask, path: str) -> None:
    app.testing = False
    answer = app.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers


def test_scripts_of_a_page_carry_the_nonce_of_its_policy_and_no_other_page_has_it(browser: Browser) -> None:
    found = []
    for _ in range(2):
        answer = browser.get("/")
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
        assert re.findall(r"<script[^>]*>", answer.text) == [f'<script type="module" nonce="{nonce}">']
        found.append(nonce)
    assert found[0] != found[1]
    assert "style=" not in answer.text
    assert "onclick" not in answer.text


def test_a_failure_shows_a_reference_and_nothing_of_what_failed(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = app.test_client().get("/probe/crash")
    assert answer.status_code == 500
    reference = re.search(r"<code>([0-9a-f]{32})</code>", answer.text)[1]
    line = next(record for record in caplog.records if record.getMessage() == "request-failed")
    written = JsonLines().format(line)
    assert json.loads(written)["request_id"] == reference
    assert json.loads(written)["error"] == "RuntimeError"
    for shown in (answer.text, written):
        assert "Иванов" not in shown
        assert "112-233" not in shown


def test_a_refusal_is_told_in_words_and_escaped(browser: Browser) -> None:
    answer = browser.get("/probe/conflict")
    assert answer.status_code == 409
    assert "Занято: &lt;b&gt;место&lt;/b&gt;." in answer.text


def test_a_machine_gets_problem_details(browser: Browser) -> None:
    answer = browser.get("/probe/fields", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "urn:problem:invalid"
    assert answer.json["detail"] == "Проверьте поля."
    assert answer.json["errors"] == [{"field": "student.snils", "detail": "Не сходится."}]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("method", "path", "status"), [("get", "/nowhere", 404), ("put", "/sign-in", 405)])
def test_a_wrong_address_says_what_to_do(browser: Browser, method: str, path: str, status: int) -> None:
    answer = getattr(browser.client, method)(path)
    assert answer.status_code == status
    assert "На главную страницу" in answer.text


def test_an_address_under_the_api_answers_a_machine_whatever_it_accepts(browser: Browser) -> None:
    answer = browser.get("/api/nowhere", headers={"Accept": "text/html"})
    assert answer.json["status"] == 404


def test_the_log_of_requests_names_the_route_and_not_the_address(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="registry.web.logs")
    browser.get("/sign-in?next=/secret-token")
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert line["event"] == "request"
    assert line["route"] == "/sign-in"
    assert line["status"] == 200
    assert "secret-token" not in json.dumps(line)


def test_files_of_the_look_are_packed_kept_and_found_under_their_digest_only(browser: Browser) -> None:
    address = re.search(r'href="(/assets/[0-9a-f]+/registry.css)"', browser.get("/").text)[1]
    plain, packed = browser.get(address), browser.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data)
    assert "immutable" in plain.headers["Cache-Control"]
    assert browser.get("/assets/000000000000/registry.css").status_code == 404
    assert browser.get(address.replace("registry.css", "../create.py")).status_code == 404


def test_no_style_asks_for_a_typeface_or_a_picture_of_another_house(browser: Browser) -> None:
    for name in re.findall(r'href="(/assets/[^"]+\.css)"', browser.get("/").text):
        style = browser.get(name).text
        assert "GDS" not in style
        assert "url(" not in style
        assert "@import" not in style


def test_health_says_whether_promises_are_kept(browser: Browser) -> None:
    answer = browser.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "worker": "ok", "oldest_promise_s": 0}
