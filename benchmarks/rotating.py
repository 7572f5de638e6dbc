"""A new master key under a hundred thousand values, while others read and write."""

import random
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread
from uuid import UUID

from benchmarks.figure import Figure
from benchmarks.installing import both_databases, environ_of, install
from registry.errors import RegistryError
from registry.keys import data_keys
from registry.trail.entries import SYSTEM
from registry.work import Registry

MANY = 100_000
AT_ONCE = 5_000
READ = 20
WRITERS_PAUSE_S = 0.05


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL, both durable."""
    with both_databases("rotating") as (home, urls):
        for name, (url,) in urls.items():
            registry = install(environ_of(home / f"{name}-rotating", url))
            serving = Registry.open(registry.settings)
            yield from _rotating(name, registry, Serving(serving, _fill(registry)))
            registry.engine.dispose()
            serving.engine.dispose()


class Serving:
    """Another process's registry, opened before the new key: reads at random and adds people."""

    def __init__(self, registry: Registry, subjects: list[UUID]) -> None:
        self._registry = registry
        self._subjects = subjects
        self._over = Event()
        self._threads = [Thread(target=self._go, args=(act,)) for act in (self._read, self._add)]
        self.errors = 0
        self.reads: list[float] = []
        self.added = 0

    def begin(self) -> None:
        """Begin to serve."""
        for one in self._threads:
            one.start()

    def end(self) -> None:
        """Serve no more."""
        self._over.set()
        for one in self._threads:
            one.join()

    def _go(self, act: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                act()
            except RegistryError:
                self.errors += 1

    def _read(self) -> None:
        wanted = random.sample(self._subjects, READ)
        begun = time.perf_counter()
        with self._registry.reading(SYSTEM) as work:
            self.errors += len(self._registry.vault.keys_of(work.connection, wanted)) != READ
        self.reads.append(time.perf_counter() - begun)

    def _add(self) -> None:
        with self._registry.work(SYSTEM) as work:
            self._registry.vault.create_key(work.connection, work.new_id())
        self.added += 1
        time.sleep(WRITERS_PAUSE_S)


def _fill(registry: Registry) -> list[UUID]:
    made: list[UUID] = []
    while len(made) < MANY:
        with registry.work(SYSTEM) as work:
            some = [work.new_id() for _ in range(AT_ONCE)]
            registry.vault.create_keys(work.connection, some)
        made += some
    return made


def _rotating(name: str, registry: Registry, serving: Serving) -> Iterator[Figure]:
    serving.begin()
    begun = time.perf_counter()
    done = data_keys.rotate(registry, "benchmark", lambda *_: None)
    took = time.perf_counter() - begun
    serving.end()
    left = sum(data_keys.under_older_keys(registry, done.version).values())
    title = f"a new master key under {MANY:,} values, {name}"
    slowest = max(serving.reads) * 1e3
    beside = f"{len(serving.reads):,} readings (the slowest {slowest:.0f} ms), {serving.added} additions"
    yield Figure("access", title, took, "s", floor=beside)
    yield Figure("access", f"{title}: errors of who reads", serving.errors, "errors", limit=0)
    yield Figure("access", f"{title}: left under the older", left, "values", limit=0)
