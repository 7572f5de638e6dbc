"""What a database keeps of overwritten rows is taken out of its files: free pages, old versions, old logs."""

import sqlite3
from contextlib import closing, suppress
from typing import Final

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from registry.config import Settings
from registry.storage.engine import make_engine
from registry.storage.reach import everywhere

ANEW: Final = (text("VACUUM FULL persons"), text("ANALYZE persons"))
REMAINS: Final = (
    # The planner's samples hold names of the table, older ones too until they are written anew.
    text("VACUUM FULL pg_catalog.pg_statistic"),
    text("CHECKPOINT"),
    text("SELECT pg_switch_wal()"),
    text("CHECKPOINT"),
)


def scrub(settings: Settings) -> bool:
    """Write the database's files anew without remains; false where its server would not do all of it.

    SQLite: the whole file is written anew and its write-ahead log is cut to nothing. PostgreSQL: the one
    table with readable names is written anew, and a new log is begun; logs before it are removed by the
    server at checkpoints, or kept for as long as archiving and replicas want them. Blocks that a file system
    gave free keep their bytes until it writes over them: that is the business of encrypted disks.
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
            for statement in ANEW:
                connection.execute(statement)
            with suppress(SQLAlchemyError):
                for statement in REMAINS:
                    connection.execute(statement)
                done = True
    finally:
        engine.dispose()
    return done
