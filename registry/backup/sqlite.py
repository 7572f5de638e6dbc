"""SQLite: copied page by page under one read transaction, while others write."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine

from registry.backup.folders import Tell, copy_file
from registry.backup.snapshot import Snapshot, read_snapshot
from registry.errors import N_, InvalidError

COPY: Final = "registry.sqlite3"
PAGES: Final = 1024


def copy_sqlite(file: Path, folder: Path, tell: Tell) -> Snapshot:
    """Copy a database file that may be in use.

    Raises:
        InvalidError: there is none, or the copy does not hold together.
    """
    if not file.exists():
        raise InvalidError(N_("База данных не найдена: %(file)s."), file=file)
    target = folder / COPY
    target.touch(0o600)
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        # The read transaction keeps one state in sight: writers neither wait nor make us begin anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            copy,
            pages=PAGES,
            progress=lambda _, left, total: tell(N_("База данных"), total - left, total),
        )
        # One file is a copy, three are not: the copy needs no write-ahead log of its own.
        copy.execute("PRAGMA journal_mode=DELETE")
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise InvalidError(N_("База данных повреждена, копия не сделана: %(found)s."), found=found)
    engine = create_engine(f"sqlite:///file:{target}?mode=ro&immutable=1&uri=true")
    try:
        with engine.connect() as connection:
            return read_snapshot(connection)
    finally:
        engine.dispose()


def restore_sqlite(folder: Path, home: Path) -> None:
    """Put the copied database into a home that is being filled."""
    copy_file(folder / COPY, home / COPY)
