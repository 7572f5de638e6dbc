"""What a database keeps of overwritten rows is taken out of its files: free pages, old versions, old logs."""

import sqlite3
from contextlib import closing, suppress
from typing import Final

from sqlalchemy import Connection, TextClause, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from registry.config import Settings
from registry.storage.engine import make_engine
from registry.storage.reach import everywhere

TABLES: Final = (
    (text("VACUUM FULL persons"), {"name": "persons"}),
    (text("VACUUM FULL subject_keys"), {"name": "subject_keys"}),
)
"""Readable names, and the wrapped keys of persons: with the ring they open what old pages hold."""
STATISTICS: Final = (text("VACUUM FULL pg_catalog.pg_statistic"), {"name": "pg_catalog.pg_statistic"})
"""The planner's samples hold names of the table, older ones too until they are written anew."""
FILE_OF: Final = text("SELECT pg_relation_filenode(CAST(:name AS regclass))")
REMAINS: Final = (
    text("CHECKPOINT"),
    text("SELECT pg_switch_wal()"),
    text("CHECKPOINT"),
)


def scrub(settings: Settings) -> bool:
    """Write the database's files anew without remains; false where its server would not do all of it.

    SQLite: the whole file is written anew and its write-ahead log is cut to nothing. PostgreSQL: the tables
    with readable names and with keys are written anew, and a new log is begun; logs before it are removed by
    the server at checkpoints, or kept for as long as archiving and replicas want them. Blocks that a file
    system gave free keep their bytes until it writes over them: that is the business of encrypted disks.
    """
    url = make_url(settings.migration_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as connection:
            connection.execute("PRAGMA busy_timeout=30000")
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    return _scrub_postgresql(settings.migration_url)


def _scrub_postgresql(url: str) -> bool:
    engine = make_engine(url, pool_size=1)
    done = False
    try:
        with everywhere(engine).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            anew = [_write_anew(connection, one) for one in TABLES]
            connection.execute(text("ANALYZE persons"))
            with suppress(SQLAlchemyError):
                anew.append(_write_anew(connection, STATISTICS))
                for statement in REMAINS:
                    connection.execute(statement)
                done = all(anew)
    finally:
        engine.dispose()
    return done


def _write_anew(connection: Connection, what: tuple[TextClause, dict[str, str]]) -> bool:
    """Write a table into a new file; false where the server passed it over, as it does for a stranger."""
    statement, named = what
    before = connection.execute(FILE_OF, named).scalar_one()
    connection.execute(statement)
    return bool(connection.execute(FILE_OF, named).scalar_one() != before)
