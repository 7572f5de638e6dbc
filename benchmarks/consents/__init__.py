"""Figures of consents: the last click of a signer, against an endpoint by hand on the same server."""

import base64
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update

from benchmarks.consents import stored
from benchmarks.consents.clients import CLIENTS, EMPTY, READY, SAME, Round, fire, request_bytes
from benchmarks.consents.seeding import NAME, Waiting, seed
from benchmarks.figure import Figure
from benchmarks.installing import install
from registry.access.models.tables import sessions
from registry.cli.processes import WEB_PROCESSES
from registry.consents.models.tables import acts
from registry.storage.engine import make_engine
from registry.trail.models import trail_event, trail_object
from registry.work import Registry
from tests.servers import DURABLE, free_port, running_postgres, served

ROUNDS = 17
"""The first one warms up and does not count."""
ACTS_A_ROUND = 20 * CLIENTS
LEAST_RATIO = 0.7
LEAST_A_SECOND = 150
START_S = 60
ENDPOINTS = 3


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the process that keeps it."""

    port: int
    pid: int


@dataclass(slots=True)
class Measured:
    """Rounds of the registry and of both endpoints by hand, taken in turns, and the server's peak memory."""

    ours: list[Round] = field(default_factory=list)
    same: list[Round] = field(default_factory=list)
    ready: list[Round] = field(default_factory=list)
    peak_mib: float = 0


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL, both durable."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        server = stack.enter_context(running_postgres(DURABLE))
        server.add_serving()
        server.execute("CREATE DATABASE bench")
        urls = {"sqlite": f"sqlite:///{home / 'bench.sqlite3'}", "postgresql": server.url("bench")}
        for name, url in urls.items():
            yield from _figures(name, _measure(home / name, url, served(url)))
    yield from stored.figures()


def _measure(home: Path, owned: str, url: str) -> Measured:
    environ = {
        "REGISTRY_HOME": str(home),
        "REGISTRY_DATABASE_URL": url,
        "REGISTRY_MIGRATION_URL": owned,
        "REGISTRY_TODAY": "2020-11-02",
        "REGISTRY_PORT": str(free_port()),
    }
    registry = install(environ)
    waiting = seed(registry, ROUNDS * ACTS_A_ROUND)
    analyse(owned)
    before = _counts(registry)
    measured = Measured()
    with running(environ, WEB_PROCESSES) as server:
        for number in range(ROUNDS):
            _round(registry, server, waiting[number * ACTS_A_ROUND :][:ACTS_A_ROUND], measured)
        measured.peak_mib = _peak_mib(server.pid)
    _check(registry, waiting, before)
    registry.engine.dispose()
    return measured


def analyse(owned: str) -> None:
    """Count what is there, as a running database does by itself within a minute."""
    engine = make_engine(owned)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _round(registry: Registry, server: Server, part: Sequence[Waiting], measured: Measured) -> None:
    """Let every guardian press the button once at each endpoint, one endpoint after the other."""
    _open_last_page(registry)
    port = server.port
    measured.ours.append(fire(port, [_request(registry, port, "/decide/documents", one) for one in part]))
    measured.same.append(fire(port, [_request(registry, port, SAME, one) for one in part]))
    paths = (f"{READY}/{one.school_id}/{one.agreement_act_id}" for one in part)
    ready = [_request(registry, port, path, one) for path, one in zip(paths, part, strict=True)]
    measured.ready.append(fire(port, ready))


def _figures(name: str, measured: Measured) -> Iterator[Figure]:
    ours, same, ready = measured.ours[1:], measured.same[1:], measured.ready[1:]
    where = f"{name}, {CLIENTS} clients, processes: {WEB_PROCESSES}"
    hand = f"by hand, the same rows: {_said(same)}; ready rows: {_said(ready)}"
    rate = Figure(
        "consents", f"online act, {where}", _a_second(ours), "acts/s", LEAST_A_SECOND, at_least=True
    )
    yield replace(rate, floor=hand, peak_mib=measured.peak_mib)
    unit = "times by hand"
    ratio = Figure("consents", f"online act, {where}", _ratio(ours, same), unit, LEAST_RATIO, at_least=True)
    yield replace(ratio, floor=f"{SAME_ROWS}: {_said(same)}")
    bare = Figure("consents", f"online act, {where}, ready rows", _ratio(ours, ready), unit)
    yield replace(bare, floor=f"{READY_ROWS}: {_said(ready)}")
    for share in (0.5, 0.95):
        yield Figure("consents", f"online act, p{share * 100:.0f}, {where}", _share(ours, share), "ms")


SAME_ROWS = (
    "Flask and Core by hand: session, document, name and keys read, same rows written,"
    " session and form token checked, nothing else"
)
READY_ROWS = "Flask and Core by hand: as many rows of the same sizes inserted, nothing read or sealed"


def _said(rounds: Sequence[Round]) -> str:
    p50, p95 = _share(rounds, 0.5), _share(rounds, 0.95)
    return f"{_a_second(rounds):.0f}/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def _ratio(ours: Sequence[Round], theirs: Sequence[Round]) -> float:
    """Compare round by round: noise of the machine falls on both."""
    return statistics.median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))


def _a_second(rounds: Sequence[Round]) -> float:
    return statistics.median(len(one.each) / one.seconds for one in rounds)


def _share(rounds: Sequence[Round], share: float) -> float:
    each = sorted(took for one in rounds for took in one.each)
    return each[int(len(each) * share)] * 1000


@contextmanager
def running(environ: dict[str, str], processes: int) -> Iterator[Server]:
    """Serve the registry and the endpoints by hand until the block ends."""
    port = int(environ["REGISTRY_PORT"])
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.consents.server", str(processes)],
        env={**os.environ, **environ},
        start_new_session=True,
    )
    try:
        _await(process, port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(START_S)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{EMPTY}", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the server did not answer within {START_S} s"
    raise AssertionError(message)


def _request(registry: Registry, port: int, path: str, one: Waiting) -> bytes:
    keyed = registry.vault.blind_index("web.csrf", one.token)
    form = {
        "csrf_token": base64.urlsafe_b64encode(keyed).decode().rstrip("="),
        "idempotency_key": secrets.token_urlsafe(24),
        "decision": "given",
        "full_name": NAME,
    }
    return request_bytes(port, f"{path}/{one.consent_id}/{one.presentation_id}/sign", one.token, form)


def _open_last_page(registry: Registry) -> None:
    """Note every session as in use: nobody comes to the last button but by the page that it stands on."""
    with registry.engine.begin() as connection:
        connection.execute(update(sessions).values(seen_at=registry.now()))


def _counts(registry: Registry) -> dict[str, int]:
    with registry.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (acts, trail_event, trail_object)
        }


def _check(registry: Registry, waiting: Sequence[Waiting], before: dict[str, int]) -> None:
    """Every act is there exactly once from each endpoint, with its entry in the trail."""
    with registry.engine.connect() as connection:
        rows = connection.execute(select(acts.c.consent_id, acts.c.id)).all()
        heads = set(connection.execute(select(trail_object.c.id)).scalars())
    made: dict[UUID, list[UUID]] = {}
    for row in rows:
        made.setdefault(row.consent_id, []).append(row.id)
    for one in waiting:
        assert len(made[one.consent_id]) == ENDPOINTS, "an act was made twice or not at all"
        assert heads.issuperset(made[one.consent_id]), "an act has no entry in the trail"
    added = {name: number - before[name] for name, number in _counts(registry).items()}
    assert set(added.values()) == {ENDPOINTS * len(waiting)}, f"more was written than acts: {added}"


def _peak_mib(pid: int) -> float:
    """Highest resident memory of the server's processes together."""
    own = [pid, *(int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return sum(_high_water(one) for one in own) / 1024


def _high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
