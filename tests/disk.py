"""A disk without room, as the kernel and SQLite tell of it; for this process alone, and for a while."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO

from sqlalchemy import Engine, event


@contextmanager
def no_room(file_bytes: int = 0) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes: writing gives EFBIG, as on a full disk.

    What is said on standard error meanwhile goes nowhere: it may be a file that is longer already.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, before[1]))
    try:
        with redirect_stderr(StringIO()):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def sqlite_told(engine: Engine, pragma: str) -> Iterator[None]:
    """Every connection of the engine is told something, and the telling is forgotten afterwards."""

    def tell(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # the driver's connection

    engine.dispose()
    event.listen(engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(engine, "connect", tell)
        engine.dispose()
