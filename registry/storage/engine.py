"""The engine: one way to open SQLite and PostgreSQL so that a commit is durable and writers queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from registry.storage.cursors import BriefCursor
from registry.storage.reach import NOTHING, REACH, Reach, begin, prepare_begin
from registry.storage.turns import READING, Turns

__all__ = ["READING", "make_engine", "reading"]


def make_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Open an engine.

    SQLite: WAL, synchronous FULL, foreign keys, `BEGIN IMMEDIATE` (a deferred begin makes writers fail
    with "database is locked" instead of waiting). PostgreSQL: psycopg 3, read committed, plans
    made once, each transaction begun together with its reach. What an error says has no values of rows in
    it, on either.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=pool_size, hide_parameters=True, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        Turns(engine.url.database).attach(engine)
        return engine
    quick = {"cursor_factory": BriefCursor}
    engine = create_engine(url, pool_size=pool_size, max_overflow=8, hide_parameters=True, connect_args=quick)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkin", _begin_by_hand)
    event.listen(engine, "begin", prepare_begin)
    engine.dialect.do_begin = begin  # type: ignore[assignment,method-assign] # no event retells errors
    return engine


@contextmanager
def reading(engine: Engine, reach: Reach = NOTHING) -> Iterator[Connection]:
    """Open a transaction that only reads, so far as it reaches: nothing that is written in it stays.

    PostgreSQL refuses the writing; the end is a commit there, for at a rollback the driver throws its
    prepared statements away. SQLite rolls back.
    """
    with engine.connect().execution_options(**{READING: True, REACH: reach}) as connection:
        yield connection
        if connection.dialect.name == "postgresql":
            connection.commit()


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
    # A statement with many joins takes ten times as long to plan as to run, and the server would plan it anew
    # for each execution. Our statements go by keys: one plan fits all values.
    connection.execute("SET plan_cache_mode = force_generic_plan")
    # To compile a plan takes hundreds of milliseconds, and ours, which end after a page, take one or two.
    connection.execute("SET jit = off")
    # Times come back as they are kept, and need no turning into UTC one by one.
    connection.execute("SET TimeZone = 'UTC'")
    connection.commit()
    _begin_by_hand(connection, None)


def _begin_by_hand(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
    # The driver would begin with a round trip of its own, before the one that sets the reach. Nothing is
    # asked for by word but reading: a server that was told to let nobody write for a while is obeyed.
    if connection is not None and not connection.closed:
        connection.autocommit = True


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
