"""Eight processes that append events to one database at the same time, and bare inserts by as many."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Barrier
from uuid import UUID, uuid4

from benchmarks.bare import connected, insert_rows
from benchmarks.figure import Figure
from benchmarks.installing import install
from benchmarks.trail.events import Writer
from benchmarks.trail.rows import Rows, rows_of_events
from registry.config import load_settings
from registry.errors import UnavailableError
from registry.work import Registry

PROCESSES = 8
SECONDS, BARE_SECONDS = 8, 4
START_S = 60
"""All begin together, when the last one has its code loaded."""


def figures(name: str, environ: dict[str, str], bare: dict[str, str]) -> Iterator[Figure]:
    """Append for a while; tell the rate and what was refused, and on PostgreSQL how long a commit takes."""
    install(environ).engine.dispose()
    # Made anew, not forked: a connection of SQLite must not be carried into another process.
    context = get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        gate = manager.Barrier(PROCESSES)
        tasks = [pool.submit(_keep_going, environ, bare, gate) for _ in range(PROCESSES)]
        done = [task.result() for task in tasks]
    each = sorted(took for appended, _, _ in done for took in appended)
    inserted = sum(number for _, _, number in done) / BARE_SECONDS
    where = f"{name}, {PROCESSES} processes, {SECONDS} s"
    p50, p99 = (each[int(len(each) * share)] * 1000 for share in (0.5, 0.99))
    said = f"the same rows by the bare driver, as durable: {inserted:.0f}/s"
    yield Figure("trail", f"events appended, {where}", len(each) / SECONDS, "events/s", floor=said)
    yield Figure("trail", f"events refused, {where}", sum(refused for _, refused, _ in done), "events", 0)
    if name == "postgresql":
        told = f"p50 {p50:.1f} ms"
        yield Figure("trail", f"an append, p99, {where}", p99, "ms", floor=told)


def _keep_going(environ: dict[str, str], bare: dict[str, str], gate: Barrier) -> tuple[list[float], int, int]:
    """Append, then insert; give the seconds of each append, how many were refused, and how many inserts."""
    registry = Registry.open(load_settings(environ))
    writer = Writer.begin(registry)
    kept = writer.append().event_id
    with connected(registry.settings.database_url) as source:
        found = rows_of_events(source)
    rows = next(one for event, one in found.items() if UUID(event) == kept)
    took: list[float] = []
    gate.wait(START_S)
    refused = _until(SECONDS, lambda: took.append(_timed(writer.append)))
    registry.engine.dispose()
    inserted: list[float] = []
    url = bare["REGISTRY_DATABASE_URL"]
    with connected(url) as target:
        gate.wait(START_S)
        _until(BARE_SECONDS, lambda: inserted.append(_timed(lambda: insert_rows(target, url, _fresh(rows)))))
    return took, refused, len(inserted)


def _until(seconds: float, act: Callable[[], object]) -> int:
    """Act again and again for so long; give how often it was refused."""
    refused, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            act()
        except UnavailableError:
            refused += 1
    return refused


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _fresh(rows: Rows) -> Rows:
    """Give the rows of one event with other ids, as the driver reads them: text on SQLite."""
    event = rows["trail_event"][0][0]
    of, number = rows["trail_object"][0][1], uuid4().int >> 66
    new = {one: uuid4().hex if isinstance(one, str) else uuid4() for one in (event, of)}
    return {
        table: [
            tuple(
                number if table == "trail_queue" and place == 0 else new.get(value, value)
                for place, value in enumerate(row)
            )
            for row in told
        ]
        for table, told in rows.items()
    }
