"""The engine's figures: one step against SQL by hand, and a clock over a million waiting cases."""

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.installing import both_databases, environ_of, install
from benchmarks.workflows import million, step


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL, both durable; a million cases on PostgreSQL."""
    with both_databases("step") as (home, urls):
        for name, (url,) in urls.items():
            registry = install(environ_of(home / f"{name}-step", url))
            yield step.figure(name, registry)
            registry.engine.dispose()
    yield from million.figures()
