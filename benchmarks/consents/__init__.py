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
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update

from benchmarks.consents.clients import BY_HAND, CLIENTS, Round, fire, request_bytes
from benchmarks.consents.seeding import NAME, Waiting, seed
from benchmarks.figure import Figure
from registry.access.models.tables import sessions
from registry.config import load_settings
from registry.consents.models.tables import acts
from registry.storage.keyring import KeyRing
from registry.storage.migrate import import_tables, upgrade
from registry.storage.schema import metadata
from registry.trail.keys import TrailKeys
from registry.trail.models import trail_event, trail_object
from registry.work import Registry
from tests.servers import DURABLE, free_port, running_postgres

ROUNDS = 11
"""The first one warms up and does not count."""
ACTS_A_ROUND = 20 * CLIENTS
LEAST_RATIO = 0.7
LEAST_A_SECOND = 150
START_S = 60
PROCESSES = {"sqlite": 1, "postgresql": 2}
"""As `serve` starts them by default: SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the process that keeps it."""

    port: int
    pid: int


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL, both durable."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        server = stack.enter_context(running_postgres(DURABLE))
        server.execute("CREATE DATABASE bench")
        urls = {"sqlite": f"sqlite:///{home / 'bench.sqlite3'}", "postgresql": server.url("bench")}
        for name, url in urls.items():
            yield from _measured(name, home / name, url)


def _measured(name: str, home: Path, url: str) -> Iterator[Figure]:
    environ = {
        "REGISTRY_HOME": str(home),
        "REGISTRY_DATABASE_URL": url,
        "REGISTRY_TODAY": "2020-11-02",
        "REGISTRY_PORT": str(free_port()),
    }
    registry = _registry(environ)
    waiting, asked = seed(registry, ROUNDS * ACTS_A_ROUND, ROUNDS * ACTS_A_ROUND)
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")  # as a running database does by itself within a minute
    before = _counts(registry)
    with _running(environ, PROCESSES[name]) as server:
        ours, theirs = [], []
        for number in range(ROUNDS):
            part = slice(number * ACTS_A_ROUND, (number + 1) * ACTS_A_ROUND)
            _open_last_page(registry)
            ours.append(fire(server.port, [_act(registry, server.port, one) for one in waiting[part]]))
            theirs.append(fire(server.port, [_by_hand(server.port, one) for one in asked[part]]))
        peak = _peak_mib(server.pid)
    _check(registry, waiting, before)
    registry.engine.dispose()
    yield from _figures(name, ours[1:], theirs[1:], peak)


def _figures(name: str, ours: Sequence[Round], theirs: Sequence[Round], peak: float) -> Iterator[Figure]:
    mine, hand = _a_second(ours), _a_second(theirs)
    # Rounds are compared in pairs, one after the other: noise of the machine falls on both.
    ratio = statistics.median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))
    where = f"{name}, {CLIENTS} clients, server processes: {PROCESSES[name]}"
    floor = (
        f"Flask endpoint by hand, same rows by SQLAlchemy Core, no look-ups: {hand:.0f}/s, "
        f"p50 {_share(theirs, 0.5):.1f} ms, p95 {_share(theirs, 0.95):.1f} ms"
    )
    yield Figure(
        "consents",
        f"online act, {where}",
        mine,
        "acts/s",
        LEAST_A_SECOND,
        at_least=True,
        floor=floor,
        peak_mib=peak,
    )
    yield Figure(
        "consents",
        f"online act against by hand, {where}",
        ratio,
        "times by hand",
        LEAST_RATIO,
        at_least=True,
        floor=floor,
    )
    for share in (0.5, 0.95):
        yield Figure("consents", f"online act, p{share * 100:.0f}, {where}", _share(ours, share), "ms")


def _a_second(rounds: Sequence[Round]) -> float:
    return statistics.median(len(one.each) / one.seconds for one in rounds)


def _share(rounds: Sequence[Round], share: float) -> float:
    each = sorted(took for one in rounds for took in one.each)
    return each[int(len(each) * share)] * 1000


def _registry(environ: dict[str, str]) -> Registry:
    settings = load_settings(environ)
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    registry = Registry.open(settings)
    import_tables()
    upgrade(registry.engine)
    metadata.create_all(registry.engine)
    return registry


@contextmanager
def _running(environ: dict[str, str], processes: int) -> Iterator[Server]:
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
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the server did not answer within {START_S} s"
    raise AssertionError(message)


def _form() -> dict[str, str]:
    return {
        "idempotency_key": secrets.token_urlsafe(24),
        "decision": "given",
        "full_name": NAME,
    }


def _act(registry: Registry, port: int, one: Waiting) -> bytes:
    keyed = registry.vault.blind_index("web.csrf", one.token)
    form = _form() | {"csrf_token": base64.urlsafe_b64encode(keyed).decode().rstrip("=")}
    path = f"/decide/documents/{one.consent_id}/{one.presentation_id}/sign"
    return request_bytes(port, path, one.token, form)


def _by_hand(port: int, one: Waiting) -> bytes:
    path = f"{BY_HAND}/{one.school_id}/{one.agreement_act_id}/{one.consent_id}/{one.presentation_id}/sign"
    form = _form() | {"csrf_token": secrets.token_urlsafe(32)}
    return request_bytes(port, path, secrets.token_urlsafe(32), form)


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
    """Every act is there exactly once, with its entry in the trail."""
    with registry.engine.connect() as connection:
        rows = connection.execute(select(acts.c.consent_id, acts.c.id, acts.c.presentation_id)).all()
        heads = set(connection.execute(select(trail_object.c.id)).scalars())
    made = {(row.consent_id, row.presentation_id): row.id for row in rows}
    wanted = {(one.consent_id, one.presentation_id) for one in waiting}
    assert wanted <= made.keys(), "an act is missing"
    assert {made[one] for one in wanted} <= heads, "an act has no entry in the trail"
    added = {name: number - before[name] for name, number in _counts(registry).items()}
    assert set(added.values()) == {2 * len(waiting)}, f"acts made twice or not at all: {added}"


def _peak_mib(pid: int) -> float:
    """Highest resident memory of the server's processes together."""
    own = [pid, *(int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return sum(_high_water(one) for one in own) / 1024


def _high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
