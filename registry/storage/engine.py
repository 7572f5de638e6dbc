"""The engine: one way to open SQLite and PostgreSQL so that a commit is durable and writers queue."""

from typing import Any

from sqlalchemy import Engine, create_engine, event

from registry.storage.turns import READING, Turns

__all__ = ["READING", "make_engine"]


def make_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Open an engine.

    SQLite: WAL, synchronous FULL, foreign keys, `BEGIN IMMEDIATE` (a deferred begin makes writers fail
    with "database is locked" instead of waiting). PostgreSQL: psycopg 3, read committed. What an error says
    has no values of rows in it, on either.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=pool_size, hide_parameters=True, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        Turns().attach(engine)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=8, pool_pre_ping=False, hide_parameters=True)


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
