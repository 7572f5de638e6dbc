"""A million waiting cases on PostgreSQL: those due are found, ten thousand escalated, all counted."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.figure import Figure
from benchmarks.installing import environ_of, install
from benchmarks.workflows.definition import DIRECTOR, ID, TELL, publish
from benchmarks.workflows.seeding import MANY, make_due, seed
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_object, trail_queue
from registry.work import Registry
from registry.workflows import clock, models
from registry.workflows.models.tables import case_history, cases
from registry.workflows.timing import moment
from tests.servers import DURABLE, running_postgres, served

FOUND, FOUND_MS = 200, 5
ESCALATED, ESCALATED_S = 10_000, 40
COUNTED_MS = 300
ROUNDS = 15


class UndoneError(Exception):
    """Ends a unit of work of which nothing is to stay."""


def figures() -> Iterator[Figure]:
    """Fill a database once, and measure in it."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as home, running_postgres(DURABLE) as server:
        server.add_serving()
        server.execute("CREATE DATABASE million")
        owned = server.url("million")
        environ = environ_of(Path(home), served(owned)) | {"REGISTRY_MIGRATION_URL": owned}
        registry = install(environ)
        publish(registry)
        with server.connect("million") as connection:
            begun = time.perf_counter()
            seed(registry, connection)
            filled = time.perf_counter() - begun
            yield from _counting(registry, f"filled in {filled:.0f} s")
            make_due(connection, 1, FOUND)
            yield _finding(registry)
            make_due(connection, 2, ESCALATED)
        yield _escalating(registry)
        registry.engine.dispose()


def _counting(registry: Registry, filled: str) -> Iterator[Figure]:
    """Count all as they stand; have the clock count them, as it does each minute; read what it counted."""
    title = f"counts per state of {MANY:,} cases"
    yield Figure("workflows", f"{title}, as they stand", _counted(registry, kept=False), "ms", floor=filled)
    begun = time.perf_counter()
    clock.count_cases(registry)
    said = f"the clock counts them each minute, in {time.perf_counter() - begun:.1f} s"
    yield Figure("workflows", title, _counted(registry, kept=True), "ms", COUNTED_MS, floor=said)


def _counted(registry: Registry, *, kept: bool) -> float:
    took: list[float] = []
    for _ in range(ROUNDS):
        with registry.reading(SYSTEM) as work:
            begun = time.perf_counter()
            found = models.counts(work.connection, ID, moment(work))
            took.append((time.perf_counter() - begun) * 1e3)
        assert sum(one.held for one in found.states.values()) == MANY + 1
        assert (found.at is not None) == kept
    return statistics.median(took)


def _finding(registry: Registry) -> Figure:
    took: list[float] = []

    def find() -> None:
        with registry.work(SYSTEM) as work:
            begun = time.perf_counter()
            found = clock.due(work)
            took.append((time.perf_counter() - begun) * 1e3)
            assert len(found) == FOUND
            raise UndoneError

    for _ in range(ROUNDS):
        with suppress(UndoneError):
            find()
    title = f"{FOUND} due ones of {MANY:,} cases found and locked"
    said = f"the fastest {min(took):.1f} ms, the slowest {max(took):.1f} ms"
    return Figure("workflows", title, statistics.median(took), "ms", FOUND_MS, floor=said)


def _escalating(registry: Registry) -> Figure:
    begun = time.perf_counter()
    clock.follow_clock(registry)
    took = time.perf_counter() - begun
    _check(registry, FOUND + ESCALATED)
    per_case = took / (FOUND + ESCALATED) * 1e3
    title = f"{ESCALATED:,} of {MANY:,} cases escalated by one worker"
    share = ESCALATED / (FOUND + ESCALATED)
    return Figure("workflows", title, took * share, "s", ESCALATED_S, floor=f"{per_case:.2f} ms a case")


def _check(registry: Registry, many: int) -> None:
    """Hold that each has its line of history, its new head in the trail, its entry and its promise."""
    asked = (
        select(func.count()).where(cases.c.assignee_role == DIRECTOR, cases.c.revision == 2),
        select(func.count()).where(case_history.c.number == 2),
        select(func.count()).where(trail_object.c.kind == "case", trail_object.c.version == 2),
        select(func.count()).where(promises.c.job == TELL),
    )
    with registry.reading(SYSTEM) as work:
        assert [work.connection.scalar(one) for one in asked] == [many] * len(asked)
        queued = work.connection.scalar(select(func.count()).select_from(trail_queue))
    assert queued is not None
    assert queued >= many
