"""Forwarded headers are believed from the named proxy alone."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from flask import request

from registry.app import create_app
from registry.work import Registry

PROXY = "10.1.2.3"
VISITOR = "203.0.113.9"
SAID = {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https"}


def seen(registry: Registry, peer: str, headers: dict[str, str]) -> tuple[str | None, str, str]:
    """Who asks, how, and for which host, as the pages see it."""
    trusted = (ip_network(PROXY), ip_network("fd00::/64"))
    app = create_app(replace(registry, settings=replace(registry.settings, trusted_proxy=trusted)))
    found: list[tuple[str | None, str, str]] = []
    app.before_request_funcs[None].insert(
        0, lambda: found.append((request.remote_addr, request.scheme, request.host))
    )
    app.test_client().get("/health", headers=headers, environ_base={"REMOTE_ADDR": peer})
    return found[0]


@pytest.mark.parametrize("peer", [PROXY, f"::ffff:{PROXY}", "fd00::7"])
def test_the_named_proxy_tells_who_asks_and_how(registry: Registry, peer: str) -> None:
    assert seen(registry, peer, SAID) == (VISITOR, "https", "localhost")


@pytest.mark.parametrize("peer", ["10.1.2.4", "203.0.113.200", "127.0.0.1", "fd00:0:0:1::7", ""])
def test_forged_headers_from_elsewhere_are_ignored(registry: Registry, peer: str) -> None:
    assert seen(registry, peer, SAID) == (peer, "http", "localhost")


def test_what_the_visitor_wrote_before_the_proxy_is_ignored(registry: Registry) -> None:
    chain = SAID | {"X-Forwarded-For": f"198.51.100.1, 127.0.0.1, {VISITOR}"}
    assert seen(registry, PROXY, chain)[0] == VISITOR


def test_no_proxy_names_another_host(registry: Registry) -> None:
    claims = SAID | {"X-Forwarded-Host": "evil.test", "Forwarded": "for=1.2.3.4;host=evil.test"}
    assert seen(registry, PROXY, claims)[2] == "localhost"


def test_without_a_named_proxy_nobody_is_believed(registry: Registry) -> None:
    app = create_app(registry)
    found: list[str | None] = []
    app.before_request_funcs[None].insert(0, lambda: found.append(request.headers.get("X-Forwarded-For")))
    app.test_client().get("/health", headers=SAID, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert found == [None]
