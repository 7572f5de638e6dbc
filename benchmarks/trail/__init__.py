"""Figures of the trail: appending, growing the tree, proving, checking, and what an event takes on disk."""

import hashlib
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url, select

from benchmarks.bare import connected, insert_rows
from benchmarks.figure import Figure
from benchmarks.installing import both_databases, environ_of, install
from benchmarks.trail import proving, together
from benchmarks.trail.events import Writer
from benchmarks.trail.rows import rows_of_events
from registry.trail.models import trail_event
from registry.trail.publisher import tend
from registry.trail.sequencer import integrate_once
from registry.trail.verify import verify
from registry.work import Registry

ROUNDS, EVENTS_A_ROUND = 5, 60
BATCH, BATCHES = 5_000, 2
MOST_BATCH_MS = 500


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL, both durable."""
    with both_databases("trail", "bare", "together") as (home, urls):
        tiles = proving.grown()
        for name, (url, bare, shared) in urls.items():
            registry = install(environ_of(home / name, url))
            environ = environ_of(home / f"{name}-bare", bare)
            install(environ).engine.dispose()
            writer = Writer.begin(registry)
            yield _appending(name, writer, (url, bare))
            yield from _growing(name, writer)
            yield _checking(name, writer)
            yield proving.figure(name, registry, tiles)
            registry.engine.dispose()
            yield from together.figures(name, environ_of(home / f"{name}-together", shared), environ)


def _appending(name: str, writer: Writer, urls: tuple[str, str]) -> Figure:
    """Append and insert the same rows by the bare driver in turns, so that noise falls on both."""
    ours, theirs = [], []
    with connected(urls[0]) as source, connected(urls[1]) as target:
        for _ in range(ROUNDS):
            known = {str(row[0]) for row in source.execute("SELECT event_id FROM trail_event").fetchall()}
            begun = time.perf_counter()
            for _ in range(EVENTS_A_ROUND):
                writer.append()
            ours.append(time.perf_counter() - begun)
            rows = [one for event, one in rows_of_events(source).items() if event not in known]
            assert len(rows) == EVENTS_A_ROUND
            begun = time.perf_counter()
            for one in rows:
                insert_rows(target, urls[1], one)
            theirs.append(time.perf_counter() - begun)
    rate, bare = (EVENTS_A_ROUND / statistics.median(one) for one in (ours[1:], theirs[1:]))
    floor = f"one client, durable: {rate:.0f} events/s; the same rows by the bare driver {bare:.0f}/s"
    return Figure("trail", f"appends a second, {name}", rate / bare, "times bare inserts", floor=floor)


def _growing(name: str, writer: Writer) -> Iterator[Figure]:
    """Bring batches into the tree; on SQLite, tell by how much the file grew as well."""
    registry = writer.registry
    integrate_once(registry.engine)
    before = _file_bytes(registry)
    took = []
    for _ in range(BATCHES):
        writer.fill(BATCH)
        begun = time.perf_counter()
        done = integrate_once(registry.engine)
        took.append((time.perf_counter() - begun) * 1000)
        assert done.count == BATCH
    leaves = _leaves(registry)[-BATCH:]
    begun = time.perf_counter()
    for leaf in leaves:
        hashlib.sha256(leaf).digest()
    bare = (time.perf_counter() - begun) * 1000
    floor = f"SHA-256 of the same leaves {bare:.1f} ms; the slowest of {BATCHES} batches"
    yield Figure("trail", f"a sequencer batch of 5,000, {name}", max(took), "ms", MOST_BATCH_MS, floor=floor)
    if name == "sqlite":
        size = statistics.mean(map(len, leaves))
        grown = (_file_bytes(registry) - before) / (BATCH * BATCHES)
        said = f"the leaf alone {size:.0f} bytes; a consent with its evidence, {BATCH * BATCHES} events"
        yield Figure("trail", "storage of an event, sqlite", grown, "bytes", floor=said)


def _file_bytes(registry: Registry) -> int:
    """Size of SQLite's file with everything in it; 0 elsewhere."""
    if registry.engine.dialect.name != "sqlite":
        return 0
    with connected(registry.settings.database_url) as bare:
        bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return Path(str(make_url(registry.settings.database_url).database)).stat().st_size


def _leaves(registry: Registry) -> list[bytes]:
    with registry.engine.connect() as connection:
        return list(connection.scalars(select(trail_event.c.leaf)))


def _checking(name: str, writer: Writer) -> Figure:
    """Check the whole trail, and parse and hash the same leaves with nothing else."""
    registry = writer.registry
    tend(registry.engine, registry.trail, registry.now())
    begun = time.perf_counter()
    report = verify(
        registry.engine, registry.vault, registry.trail, {"consent": lambda *_: writer.standing()}
    )
    took = time.perf_counter() - begun
    assert report.status == 0, report.findings[:3]
    leaves = _leaves(registry)
    begun = time.perf_counter()
    for leaf in leaves:
        hashlib.sha256(leaf).digest()
        json.loads(leaf)
    bare = time.perf_counter() - begun
    floor = f"SHA-256 and JSON of the same {report.size} leaves: {len(leaves) / bare:.0f}/s"
    return Figure("trail", f"trail verify, {name}", report.size / took, "events/s", floor=floor)
