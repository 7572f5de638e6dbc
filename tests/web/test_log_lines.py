"""A log line is one line of plain characters, whatever a request or a failure carries."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from registry.web.logs import JsonLines

SEPARATORS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
FORGED = '{"level": "info", "event": "nothing happened"}'
HOSTILE = "".join(f"a{one}{FORGED}" for one in (*SEPARATORS, "\x00", "\x1b[31m", "\u202e", "\ud800"))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a process writes of its requests and failures."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("registry")
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield written
    log.removeHandler(handler)
    log.setLevel(before)


def written_as_one_line(text: str) -> bool:
    return text.isascii() and text.isprintable() and len(text.splitlines()) == 1


@pytest.mark.parametrize("hostile", [*SEPARATORS, HOSTILE, "\u202e", "Ы" * 100_000])
def test_nothing_in_a_record_breaks_its_line(hostile: str) -> None:
    record = logging.LogRecord("registry.x", logging.INFO, "x", 1, f"e{hostile}{FORGED}", None, None)
    vars(record)["method"] = {"inside": [hostile]}
    vars(record)[f"name{hostile}"] = hostile
    line = JsonLines().format(record)
    assert written_as_one_line(line)
    assert json.loads(line)["method"] == {"inside": [hostile]}


def test_a_log_line_tells_its_time_in_utc() -> None:
    record = logging.LogRecord("registry.x", logging.INFO, "x", 1, "done", None, None)
    told = datetime.fromisoformat(json.loads(JsonLines().format(record))["time"])
    assert told.utcoffset() == timedelta(0)
    assert abs(told.timestamp() - record.created) < 1


def test_no_request_writes_a_line_of_its_own_words(app: Flask, lines: io.StringIO) -> None:
    """Method, address, query, form, cookie and headers: none of their words is in the log."""
    mark = "MARKED"
    sent = f"{mark}{HOSTILE}".encode("utf-8", "surrogatepass")
    raw = f"{mark}\\r\\n{FORGED}"
    names = ("User-Agent", "Referer", "X-Request-ID", "X-CSRF-Token", "Accept-Language")
    headers = dict.fromkeys(names, raw)
    client = app.test_client()
    for path in ("/sign-in", "/nowhere", "/probe/crash", "/probe/once", "/i/x"):
        for method in ("GET", "POST", "TRACE", "BREW"):
            client.open(
                path + f"/{mark}" * (path == "/nowhere"),
                method=method,
                query_string={"next": sent, mark: sent},
                data={"login": sent, "password": sent, mark: sent} if method == "POST" else None,
                headers=headers | {"Cookie": f"session={mark}; language={mark}"},
            )
    said = lines.getvalue()
    assert mark not in said
    assert "nothing happened" not in said
    found = said.split("\n")[:-1]
    assert len(found) >= 20
    assert all(written_as_one_line(line) and json.loads(line)["event"] for line in found)
