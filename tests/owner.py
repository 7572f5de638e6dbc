"""The database under the role that owns its tables, for what nobody else can do by hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from registry.storage.engine import make_engine
from registry.storage.reach import everywhere
from registry.work import Registry


@contextmanager
def owner_of(registry: Registry) -> Iterator[Engine]:
    """An engine of the owner, which reaches everything; on SQLite there is one role only."""
    engine = make_engine(registry.settings.migration_url, pool_size=2)
    try:
        yield everywhere(engine)
    finally:
        engine.dispose()
