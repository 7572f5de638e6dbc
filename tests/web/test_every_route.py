"""What holds for every answer of every route, whoever asks: headers, cookies, methods, hosts, ways away."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from registry.access.rules import OPEN_TO_ALL, OPEN_TO_SIGNED_IN, Role
from registry.app import create_app
from registry.web.doors import DOOR, Door
from registry.web.headers import ALWAYS, DATA_POLICY
from registry.work import Registry
from tests.consents.conftest import Town, town
from tests.web.test_hostile_names import app, signer, staff

__all__ = ["app", "town"]
# What an answer's head says does not hang on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ELSEWHERE = "https://evil.example"
NAMES_OF_WAYS = (f"{ELSEWHERE}/x", "//evil.example/x")
"""Two of many: what an address may not look like is held by tests/web/test_gate.py."""
WAYS = (f"{ELSEWHERE}/x", "//evil.example/x", "/\\evil.example", "https:evil.example")
USUAL = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
CHANGING = frozenset({"GET", "POST"})
ODD = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "TRACK")
KEPT_BY_BROWSERS = frozenset({"assets.asset", "trail.tile", "trail.checkpoint", "trail.proof"})
"""What may be kept outside: files of the look, and the trail's public part, in which nobody stands."""
NO_FILES = (
    *("/.git/config", "/static/registry.css", "/requirements.txt", "/registry.sqlite3", "/keys/ring.json"),
    *("/assets/", "/assets/x/", "/assets/x/vendor", "/assets/x/../create.py", "/assets/x/%2e%2e/create.py"),
    *("/files/", "/robots.txt/..", "//etc/passwd", "/wsgi.py", "/var/", "/server-status", "/debug"),
)
COOKIES = frozenset({"session", "__Host-session", "language", "__Host-language"})
TOO_MUCH = 64 * 1024 * 1024


def door(app: Flask, rule: Rule) -> Door:
    found: Door = getattr(app.view_functions[rule.endpoint], DOOR)
    return found


def address(rule: Rule, school: UUID) -> str:
    """Fill a route's pattern in: the school that there is, and nothing else that there is."""
    plain: dict[str, Any] = {}
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__  # noqa: SLF001 - the pattern's own words
        other = 7 if kind == "IntegerConverter" else "x"
        plain[name] = (school if name == "school_id" else UUID(int=7)) if kind == "UUIDConverter" else other
    built = rule.build(plain)
    assert built is not None
    return built[1]


def every_answer(
    app: Flask, client: FlaskClient, school: UUID, methods: frozenset[str] = USUAL, **more: Any
) -> Iterator[tuple[Rule, str, TestResponse]]:
    """Ask every route by every usual method; a form comes without its token, so that nothing changes."""
    for rule, method in product(app.url_map.iter_rules(), sorted(methods)):
        yield rule, method, client.open(address(rule, school), method=method, **more)


def readers(app: Flask, town: Town) -> Iterator[FlaskClient]:
    yield app.test_client()
    for role in (Role.DIRECTOR, Role.OPERATOR, Role.ADMINISTRATOR):
        yield staff(app, role).client
    yield signer(app, town, "mother").client


def faults(app: Flask, rule: Rule, answer: TestResponse) -> Iterator[str]:
    """Name what an answer lacks or has too much."""
    headers = answer.headers
    yield from (f"{name}: {headers.get(name)}" for name, value in ALWAYS if headers.get(name) != value)
    policy = headers.get("Content-Security-Policy", "")
    wanted = "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "unsafe" not in policy
    if not wanted or not policy.startswith("default-src 'none'"):
        yield f"policy {policy}"
    if answer.mimetype != "text/html" and policy != DATA_POLICY:
        yield f"data under {policy}"
    if headers.get("Cache-Control") != "no-store" and not may_be_kept(app, rule):
        yield f"kept: {headers.get('Cache-Control')}"
    yield from (f"header {name}" for name, _ in headers if name.lower().startswith("access-control-"))
    yield from cookie_faults(headers)
    kind = headers.get("Content-Type", "")
    if answer.data and (not kind or (kind.startswith("text/") and "charset=utf-8" not in kind)):
        yield f"type {kind}"
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"


def may_be_kept(app: Flask, rule: Rule) -> bool:
    return rule.endpoint in KEPT_BY_BROWSERS and door(app, rule).action in OPEN_TO_ALL


def cookie_faults(headers: Headers) -> Iterator[str]:
    for cookie in headers.getlist("Set-Cookie"):
        said = [part.strip() for part in cookie.split(";")]
        if said[0].partition("=")[0] not in COOKIES:
            yield f"cookie {said[0]}"
        if not {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(said) or "domain=" in cookie.lower():
            yield f"cookie {said[0].partition('=')[0]}: {said[1:]}"


def test_every_answer_keeps_to_the_policy_whoever_asks(app: Flask, town: Town) -> None:
    """No frame, no guessed type, no foreign script, no referrer, no cache, no other origin."""
    asked = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "POST"}
    found = [
        f"{method} {rule}: {fault}"
        for number, client in enumerate(readers(app, town))
        for rule, method, answer in every_answer(
            app, client, town.school, CHANGING if number else USUAL, headers=asked
        )
        for fault in faults(app, rule, answer)
    ]
    assert found == []


def test_every_page_of_somebody_who_is_signed_in_has_the_way_out(app: Flask, town: Town) -> None:
    shown = 0
    for client, way in (
        (staff(app, Role.CLERK).client, "/sign-out"),
        (signer(app, town, "teen").client, "/decide/leave"),
    ):
        for rule in app.url_map.iter_rules():
            door_of = door(app, rule)
            if "GET" not in (rule.methods or ()) or door_of.machine or door_of.action in OPEN_TO_SIGNED_IN:
                continue
            answer = client.get(address(rule, town.school))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                shown += 1
                assert f'action="{way}"' in answer.text, rule
    assert shown > 5


def test_no_route_hands_out_a_file_that_is_not_of_the_look(app: Flask) -> None:
    client = app.test_client()
    for path in NO_FILES:
        answer = client.get(path)
        assert answer.status_code in {303, 308, 400, 404}, path
        assert answer.status_code >= 400 or client.get(path, follow_redirects=True).mimetype == "text/html"


IDS = re.compile(
    r"[a-z_]+_id|digest|room|name|token|programme|notice|field|what|address|number|state|kind|mark"
)


def test_no_address_carries_what_a_person_is_known_by(app: Flask) -> None:
    """Addresses name things by ids; the links of letters alone carry a token."""
    named = {
        f"{rule}: {name}"
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if not IDS.fullmatch(name)
    }
    assert named == set()
    assert {rule.rule for rule in app.url_map.iter_rules() if "address" in rule.arguments} <= {
        "/tlog/tile/<path:address>",
        "/tlog/tile/entries/<path:address>",
    }
    assert {rule.rule.split("/")[1] for rule in app.url_map.iter_rules() if "token" in rule.arguments} == {
        *("i", "password"),
    }


def test_under_https_every_answer_says_so_and_the_cookie_is_bound_to_the_host(registry: Registry) -> None:
    secure = replace(registry.settings, base_url="https://localhost")
    app = create_app(replace(registry, settings=secure))
    names = set[str]()
    for rule, method, answer in every_answer(
        app, app.test_client(), UUID(int=1), base_url="https://localhost"
    ):
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"], (rule, method)
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert "Secure" in cookie, (rule, method, cookie)
            names.add(cookie.partition("=")[0])
    assert names == {"__Host-session"}


def test_under_https_the_choice_of_a_language_is_bound_to_the_host_too(registry: Registry) -> None:
    secure = replace(registry.settings, base_url="https://localhost")
    client = create_app(replace(registry, settings=secure)).test_client()
    token = dict(hidden(client.get("/sign-in", base_url="https://localhost").text))
    kept = client.post("/language", data=token | {"language": "ru"}, base_url="https://localhost")
    cookies = [
        cookie for cookie in kept.headers.getlist("Set-Cookie") if cookie.startswith("__Host-language=ru;")
    ]
    assert len(cookies) == 1
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {
        part.strip() for part in cookies[0].split(";")
    }


def test_who_signs_out_leaves_nothing_in_the_browser(app: Flask, town: Town) -> None:
    browser = staff(app, Role.DIRECTOR)
    gone = browser.send("/sessions", "/sign-out")
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert gone.headers["Set-Cookie"].startswith("session=; ")
    assert browser.client.get_cookie("session") is None


def test_no_route_answers_under_another_hosts_name(app: Flask, town: Town) -> None:
    client = app.test_client()
    for rule, method, answer in every_answer(app, client, town.school, base_url="http://evil.example"):
        assert answer.status_code == 400, (rule, method)
        assert b"evil" not in answer.data
        assert "evil" not in str(answer.headers)


def test_no_route_takes_a_method_that_it_does_not_name(app: Flask, town: Town) -> None:
    client, taken = staff(app, Role.DIRECTOR).client, defaultdict[str, set[str]](set)
    for rule in app.url_map.iter_rules():
        taken[rule.rule] |= rule.methods or set()
    for rule in app.url_map.iter_rules():
        for method in set(ODD) - taken[rule.rule]:
            answer = client.open(address(rule, town.school), method=method, headers={"X-Probe": "echo-me"})
            assert answer.status_code == 405, (method, rule)
            assert b"echo-me" not in answer.data
        overridden = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
        plain = client.get(address(rule, town.school))
        again = client.get(f"{address(rule, town.school)}?_method=DELETE", headers=overridden)
        assert plain.status_code == again.status_code, rule


def test_no_route_leads_away_from_here(app: Flask, town: Town) -> None:
    """Whatever a request names as the way back: in the address, in a form, as the page it came from."""
    stranger, director = app.test_client(), staff(app, Role.DIRECTOR).client
    token = dict(hidden(stranger.get("/sign-in").text))
    for way, rule in product(WAYS, app.url_map.iter_rules()):
        named = dict.fromkeys(NAMES_OF_WAYS, way)
        claims = {"Referer": way, "X-Forwarded-Host": "evil.example", "X-Original-URL": way}
        path = address(rule, town.school)
        for answer in (
            director.get(path, query_string=named, headers=claims),
            stranger.post(path, query_string=named, data=named | token, headers=claims),
        ):
            assert leads_here(answer.headers.get("Location")), (rule, answer.headers.get("Location"))
            assert "Refresh" not in answer.headers


def hidden(text: str) -> Iterator[tuple[str, str]]:
    token = text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert token
    yield "csrf_token", token


def leads_here(location: str | None) -> bool:
    if location is None:
        return True
    away = location.startswith(("//", "/\\")) or urlsplit(location).netloc
    return location.startswith("/") and not away


def test_no_route_takes_more_than_it_says(app: Flask, town: Town) -> None:
    """The length is refused as announced: not a byte of the body is read."""
    director = staff(app, Role.DIRECTOR)
    token, refused = dict(hidden(director.get("/sessions").text)), 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        answer = director.client.post(
            address(rule, town.school),
            data=b"csrf_token=" + token["csrf_token"].encode(),
            content_type="application/x-www-form-urlencoded",
            environ_overrides={"CONTENT_LENGTH": str(TOO_MUCH)},
        )
        assert answer.status_code in {401, 403, 413}, (rule, answer.status_code)
        refused += answer.status_code == 413
        # A stack of scans lies on the disk while it is read, and goes to a child process.
        most = 64 if rule.endpoint == "consents.bring" else 16
        assert door(app, rule).most_bytes <= most * 1024 * 1024, rule
    assert refused > 20
