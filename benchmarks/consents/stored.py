"""What an act costs when a hundred thousand are stored before it, and eight processes that sign on SQLite.

No server and no page: the use case of the last click on the database, so that nothing hides what rows cost.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, takewhile
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from sqlalchemy import Table, insert, select

from benchmarks.consents.scans import full_scans
from benchmarks.consents.seeding import NAME, Waiting, seed
from benchmarks.figure import Figure
from benchmarks.installing import environ_of, install
from registry.config import load_settings
from registry.consents.models.moment import Where
from registry.consents.models.tables import acts, consents, presentations
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.clicking import Said
from registry.consents.usecases.online import record_online_act
from registry.errors import ConflictError, UnavailableError
from registry.trail.entries import Actor
from registry.trail.models import trail_event, trail_object, trail_opening
from registry.work import Registry
from tests.servers import DURABLE, running_postgres

ROUNDS, ACTS_A_ROUND = 5, 60
LAST = 40
"""Acts whose reading of tables is counted."""
STORED = 100_000
MOST_TIMES = 1.3
PROCESSES = 8
SECONDS = int(os.environ.get("SECONDS", "60"))
GUARDIANS_A_PROCESS = 250
"""So many that nobody signs a hundred times in the minute: each act reads what its signer did before."""
LEAST_A_SECOND = 300
GROWING: tuple[Table, ...] = (consents, acts, trail_event, trail_object, trail_opening)
AT_ONCE = 20
"""Copies in one transaction."""
SHARED = {"school_id", "tenant", "recorded_by"}
"""Columns whose id the copies have in common."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Signing:
    """One guardian before the last click, as a process of its own gets him."""

    signer_id: UUID
    where: Where


def figures() -> Iterator[Figure]:
    """Measure the growth on both databases, and the processes on SQLite; both durable."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        server = stack.enter_context(running_postgres(DURABLE))
        server.execute("CREATE DATABASE bench")
        for name, url in (
            ("sqlite", f"sqlite:///{home / 'grown.sqlite3'}"),
            ("postgresql", server.url("bench")),
        ):
            yield from _growth(name, install(environ_of(home / name, url)))
        yield from _together(home / "together", f"sqlite:///{home / 'together.sqlite3'}")


def _growth(name: str, registry: Registry) -> Iterator[Figure]:
    signings = _signings(registry, seed(registry, 2 * ROUNDS * ACTS_A_ROUND + LAST))
    half = ROUNDS * ACTS_A_ROUND
    few = _cpu_of_rounds(registry, signings[:half])
    stored = _fill(registry)
    many = _cpu_of_rounds(registry, signings[half:-LAST])
    scans, told = full_scans(
        registry.engine,
        GROWING,
        lambda: [_sign(registry, one, ActKind.GIVEN) for one in signings[-LAST:]],
    )
    registry.engine.dispose()
    said = f"with the first acts: {few * 1000:.2f} ms; with {stored} stored: {many * 1000:.2f} ms"
    yield Figure("consents", f"CPU of an act, {name}", many / few, "times", MOST_TIMES, floor=said)
    text = f"full scans of growing tables in {LAST} acts with {stored} stored, {name}"
    yield Figure("consents", text, scans, "scans", 0, floor=told)


def _signings(registry: Registry, waiting: Sequence[Waiting]) -> list[Signing]:
    with registry.engine.connect() as connection:
        sittings = dict(connection.execute(select(presentations.c.id, presentations.c.sitting_id)).all())
        signers = dict(connection.execute(select(consents.c.id, consents.c.signer_id)).all())
    return [
        Signing(
            signers[one.consent_id],
            Where(one.school_id, sittings[one.presentation_id], one.consent_id, one.presentation_id),
        )
        for one in waiting
    ]


def _sign(registry: Registry, one: Signing, kind: ActKind) -> None:
    actor = Actor("guardian", one.signer_id, "guardian", "sms-code", one.where.school_id)
    with registry.work(actor) as work:
        record_online_act(work, one.where, Said(kind, NAME))


def _cpu_of_rounds(registry: Registry, signings: Sequence[Signing]) -> float:
    """CPU seconds of one act, here and in the database's process; the median of the rounds."""
    backend = _backend(registry)
    each = []
    for number in range(ROUNDS):
        before = time.process_time() + _cpu(backend)
        for one in signings[number * ACTS_A_ROUND :][:ACTS_A_ROUND]:
            _sign(registry, one, ActKind.GIVEN)
        each.append((time.process_time() + _cpu(backend) - before) / ACTS_A_ROUND)
    return statistics.median(each)


def _backend(registry: Registry) -> int | None:
    """The process of the one connection that one thread uses; SQLite works in ours."""
    if registry.engine.dialect.name == "sqlite":
        return None
    with registry.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def _cpu(process: int | None) -> float:
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _fill(registry: Registry) -> int:
    """Copy the rows of the acts that were made under other ids, until so many acts are stored."""
    with registry.engine.connect() as connection:
        rows = {table: connection.execute(select(table)).mappings().all() for table in GROWING}
    copies = -(-STORED // len(rows[acts]))
    for first in range(1, copies + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, copies + 1))
        with registry.engine.begin() as connection:
            for table in GROWING:
                made = [_copy(dict(row), number) for number in numbers for row in rows[table]]
                connection.execute(insert(table), made)
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return copies * len(rows[acts])


def _copy(row: dict[str, object], number: int) -> dict[str, object]:
    return {
        name: UUID(int=value.int ^ number) if isinstance(value, UUID) and name not in SHARED else value
        for name, value in row.items()
    }


def _together(home: Path, url: str) -> Iterator[Figure]:
    registry = install(environ_of(home, url))
    signings = _signings(registry, seed(registry, PROCESSES * GUARDIANS_A_PROCESS))
    registry.engine.dispose()
    parts = [signings[number::PROCESSES] for number in range(PROCESSES)]
    # Made anew, not forked: a connection of SQLite must not be carried into another process.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        begin = time.time() + 5
        tasks = [pool.submit(_keep_signing, environ_of(home, url), part, begin) for part in parts]
        done = [task.result() for task in tasks]
    made, refused = (sum(one[number] for one in done) for number in (0, 1))
    where = f"sqlite, {PROCESSES} processes, {SECONDS} s"
    yield Figure(
        "consents",
        f"acts, {where}",
        made / SECONDS,
        "acts/s",
        LEAST_A_SECOND,
        at_least=True,
        floor="given and withdrawn in turns, each act with its trail and its promises",
    )
    yield Figure("consents", f"acts told that the database is locked, {where}", refused, "acts", 0)


def _keep_signing(environ: dict[str, str], part: Sequence[Signing], begin: float) -> tuple[int, int]:
    """Give and withdraw until the time is over; tell how many acts were made and how many were refused."""
    registry = Registry.open(load_settings(environ))
    made = refused = 0
    time.sleep(max(0.0, begin - time.time()))
    end = time.monotonic() + SECONDS
    turns = ((kind, one) for kind in cycle((ActKind.GIVEN, ActKind.WITHDRAWN)) for one in part)
    for kind, one in takewhile(lambda _: time.monotonic() < end, turns):
        try:
            _sign(registry, one, kind)
        except UnavailableError:
            refused += 1
        except ConflictError:
            continue  # the act before was refused, so this one has nothing to take back
        else:
            made += 1
    registry.engine.dispose()
    return made, refused
