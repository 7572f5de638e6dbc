"""The engine: one way to open SQLite and PostgreSQL so that a commit is durable and writers queue."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

READING = "registry_reading"
"""Execution option of a connection that only reads: on SQLite it takes no write lock."""
PATIENCE_S = 30


def make_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Open an engine.

    SQLite: WAL, synchronous FULL, foreign keys, `BEGIN IMMEDIATE` (a deferred begin makes writers fail
    with "database is locked" instead of waiting). PostgreSQL: psycopg 3, read committed, plans made once.
    """
    if url.startswith("sqlite"):
        connect_args = {"timeout": PATIENCE_S, "factory": SqliteConnection}
        engine = create_engine(url, pool_size=pool_size, connect_args=connect_args)
        turn = threading.Lock()
        event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, turn))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_size=pool_size, max_overflow=8, pool_pre_ping=False)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads: nothing that is written in it stays.

    PostgreSQL refuses the writing; the end is a commit there, for at a rollback the driver throws its prepared
    statements away. SQLite rolls back.
    """
    options = {READING: True, "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection
        if connection.dialect.name == "postgresql":
            connection.commit()


class SqliteConnection(sqlite3.Connection):
    """A connection whose writers wait in turn within the process.

    SQLite itself lets a writer wait by sleeping, longer each time: the file stands unused between the sleeps,
    and who is unlucky waits for a hundred others. Across processes that is what remains.
    """

    turn: "threading.Lock | None" = None
    _holds = False

    def begin_writing(self) -> None:
        """Wait for the turn; whoever waits too long is told by SQLite that the database is locked."""
        if self.turn is not None and not self._holds:
            self._holds = self.turn.acquire(timeout=PATIENCE_S)

    def commit(self) -> None:
        """Commit, and let the next one write."""
        super().commit()
        self._pass_on()

    def rollback(self) -> None:
        """Roll back, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._pass_on()

    def close(self) -> None:
        """Close; what was not committed is gone."""
        super().close()
        self._pass_on()

    def _pass_on(self) -> None:
        if self._holds and self.turn is not None:
            self._holds = False
            self.turn.release()


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
    # A statement with many joins takes ten times as long to plan as to run, and the server would plan it anew
    # for each execution. Our statements go by keys: one plan fits all values.
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.commit()


def _prepare_sqlite(connection: SqliteConnection, turn: threading.Lock) -> None:
    connection.turn = turn
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


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(READING):
        connection.exec_driver_sql("BEGIN")
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, SqliteConnection)
    driver.begin_writing()
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        driver.rollback()
        raise
