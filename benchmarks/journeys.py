"""A parent's whole path, over the real server: every page from the link to the document's, and the code.

Whole paths a second of eight parents at a time, on PostgreSQL. The load generator sits on the same cores. The
code is read from its letter as the mailbox would show it, by the load generator, where otherwise the worker
would send it. The work of all three is told apart: on cores that do nothing else it bounds what is possible.
"""

import os
import re
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from statistics import fmean
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from benchmarks.consents import analyse, running
from benchmarks.consents.clients import (
    CLIENTS,
    OK,
    PATIENCE_S,
    SEE_OTHER,
    answered,
    page_bytes,
    request_bytes,
)
from benchmarks.consents.seeding import NAME, PROGRAMME, ask_school
from benchmarks.figure import Figure
from benchmarks.installing import install
from benchmarks.processes import family
from registry.app import load_names
from registry.cli.processes import WEB_PROCESSES
from registry.consents.models.tables import consents
from registry.consents.usecases.inviting import make_link
from registry.letters.rules import Channel
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.consents.conftest import last_code
from tests.servers import DURABLE, Postgres, free_port, running_postgres, served

PATHS, WARM = 240, 96
LEAST_A_SECOND = 15
MS = 1_000
TICKS = os.sysconf("SC_CLK_TCK")
_SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = 'bench'"
_COOKIE = re.compile(rb"^set-cookie: *session=([^;\r]+)", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(rb"^location: *(\S+)", re.IGNORECASE | re.MULTILINE)
_FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_PERSON = re.compile(r'href="(/decide/people/[^"]+)"')
_DOCUMENT = re.compile(r'href="(/decide/documents/[^"?]+)"')


Took = tuple[str, float]
"""A request's name, and its seconds."""


@dataclass(frozen=True, slots=True)
class Parent:
    """Who has a link and decides: his id, and the path of the link."""

    id: UUID
    link: str


@dataclass(slots=True)
class Browser:
    """One parent's browser: a kept-alive connection, the cookie, the page before his eyes."""

    line: socket.socket
    port: int
    took: list[Took] = field(default_factory=list)
    token: str = ""
    page: str = ""

    def open(self, path: str, name: str) -> None:
        """Open a page."""
        self._exchange(page_bytes(self.port, path, self.token), OK, name)

    def send(self, part: str, name: str, **said: str) -> None:
        """Send the form whose address ends so, and follow to the page that the answer leads to."""
        action, inside = next(found for found in _FORM.findall(self.page) if found[0].endswith(part))
        form = {key: unescape(value) for key, value in _HIDDEN.findall(inside)} | said
        head = self._exchange(request_bytes(self.port, unescape(action), self.token, form), SEE_OTHER, name)
        found = _LOCATION.search(head)
        assert found is not None, "an answer that leads nowhere"
        parts = urlsplit(found[1].decode())
        self.open(f"{parts.path}?{parts.query}" if parts.query else parts.path, f"after {name}")

    def _exchange(self, request: bytes, wanted: bytes, name: str) -> bytes:
        begun = time.perf_counter()
        head, body = answered(self.line, request, wanted)
        self.took.append((name, time.perf_counter() - begun))
        self.page = body.decode()
        given = _COOKIE.search(head)
        if given is not None:
            self.token = given[1].decode()
        return head


def figures() -> Iterator[Figure]:
    """Measure on PostgreSQL, durable."""
    load_names()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        server = stack.enter_context(running_postgres(DURABLE))
        server.add_serving()
        server.execute("CREATE DATABASE bench")
        owned = server.url("bench")
        environ = {
            "REGISTRY_HOME": str(home),
            "REGISTRY_DATABASE_URL": served(owned),
            "REGISTRY_MIGRATION_URL": owned,
            "REGISTRY_TODAY": "2020-11-02",
            "REGISTRY_PORT": str(free_port()),
        }
        registry = install(environ)
        parents = _invited(registry, PATHS + WARM)
        analyse(owned)
        with running(environ, WEB_PROCESSES) as web:
            _walk(registry, web.port, parents[:WARM])
            before = _work(web.pid, server)
            walked = _walk(registry, web.port, parents[WARM:])
            work = [(after - one) / PATHS for after, one in zip(_work(web.pid, server), before, strict=True)]
        registry.engine.dispose()
        yield from _told(*walked, work)


def _told(
    seconds: float, each: Sequence[float], took: Sequence[Took], work: Sequence[float]
) -> Iterator[Figure]:
    where = f"postgresql, {CLIENTS} clients, processes: {WEB_PROCESSES}"
    parts = zip(("server", "database", "load generator"), work, strict=True)
    slowest = sorted(_means(took).items(), key=lambda one: -one[1])[:3]
    told = (
        f"{len(took) // PATHS} requests each; work a path: "
        + ", ".join(f"{name} {one * MS:.0f} ms" for name, one in parts)
        + "; the longest: "
        + ", ".join(f"{name} {mean * MS:.0f} ms" for name, mean in slowest)
    )
    name = f"a parent's whole path, {where}"
    yield Figure("journeys", name, PATHS / seconds, "paths/s", LEAST_A_SECOND, at_least=True, floor=told)
    for share in (0.5, 0.95):
        whole = sorted(each)[int(len(each) * share)]
        yield Figure("journeys", f"a parent's whole path, p{share * 100:.0f}, {where}", whole, "s")


def _means(took: Sequence[Took]) -> dict[str, float]:
    each: dict[str, list[float]] = {}
    for name, one in took:
        each.setdefault(name, []).append(one)
    return {name: fmean(times) for name, times in each.items()}


def _invited(registry: Registry, count: int) -> list[Parent]:
    with registry.work(SYSTEM) as work:
        school_id = ask_school(work, count)
        signers = work.connection.scalars(select(consents.c.signer_id).distinct()).all()
        links = [(one, make_link(work, school_id, PROGRAMME, one, Channel.SMS)) for one in signers]
    return [Parent(one, urlsplit(link.url).path) for one, link in links]


def _walk(registry: Registry, port: int, parents: Sequence[Parent]) -> tuple[float, list[float], list[Took]]:
    """Let every parent go his path, eight at a time; give the seconds of all, of each and of each request."""
    waiting, gate = deque(parents), threading.Barrier(CLIENTS + 1)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_keep_walking, registry, port, waiting, gate) for _ in range(CLIENTS)]
        gate.wait(PATIENCE_S)
        begun = time.perf_counter()
        done = [one for client in clients for one in client.result()]
        seconds = time.perf_counter() - begun
    return seconds, [whole for whole, _ in done], [one for _, took in done for one in took]


def _keep_walking(
    registry: Registry, port: int, waiting: deque[Parent], gate: threading.Barrier
) -> list[tuple[float, list[Took]]]:
    done = []
    gate.wait(PATIENCE_S)
    while waiting:
        with suppress(IndexError):  # somebody else took the last one
            done.append(_whole_path(registry, port, waiting.popleft()))
    return done


def _whole_path(registry: Registry, port: int, parent: Parent) -> tuple[float, list[Took]]:
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        browser = Browser(line, port)
        _go(registry, browser, parent)
    return time.perf_counter() - begun, browser.took


def _go(registry: Registry, browser: Browser, parent: Parent) -> None:
    """Go one parent's path: the link, the code, who he is, the list, and each of two documents to its end."""
    browser.open(parent.link, "the link's page")
    browser.send("/start", "have the code sent", channel="phone")
    browser.send("/code", "enter the code", code=last_code(registry, parent.id))
    people = dict.fromkeys(_PERSON.findall(browser.page))
    # The agreement first, as the list has it, then the consent for the child.
    documents = list(dict.fromkeys(_DOCUMENT.findall(browser.page)))[:2]
    browser.open(next(iter(people)), "who you are")
    for document in documents:
        browser.open("/decide", "the list")
        browser.open(document, "read")
        _decide(browser)
    copy = re.search(r'href="(/decide/acts/[^"]+/copy)"', browser.page)
    assert copy is not None, "no way to the document"
    browser.open(copy[1], "the document's page")


def _decide(browser: Browser) -> None:
    action = next(one for one, _ in _FORM.findall(browser.page) if one.endswith("/check"))
    browser.open(f"{action}?decision=given", "check")
    browser.send("/sign", "sign and send", full_name=NAME)


def _work(web: int, database: Postgres) -> tuple[float, float, float]:
    """Seconds of work so far: of the server's processes, of the database's sessions, of this process."""
    with database.connect() as connection:
        sessions = [int(row[0]) for row in connection.execute(_SESSIONS).fetchall()]
    return sum(map(_cpu, family([web]))), sum(map(_cpu, sessions)), time.process_time()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
