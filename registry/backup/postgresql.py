"""PostgreSQL: dumped and restored by its own programs, within one snapshot, in one transaction."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from registry.backup.folders import Tell
from registry.backup.snapshot import Snapshot, read_snapshot
from registry.errors import N_, InvalidError, UnavailableError
from registry.storage.engine import make_engine
from registry.storage.reach import ALL, SETTING, everywhere

COPY: Final = "registry.pgdump"
DEBIAN: Final = Path("/usr/lib/postgresql")
TABLES: Final = text(
    "SELECT count(*) FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace"
    " WHERE relkind IN ('r', 'p', 'v', 'S') AND space.nspname !~ '^pg_'"
    " AND space.nspname <> 'information_schema'"
)
WHOLE: Final = ("--enable-row-security",)
"""The role that serves is held to a reach; a copy is made with that of the registry itself: every row."""
QUIET: Final = ("--no-owner", "--no-privileges", "--no-password")


def copy_postgresql(url: str, folder: Path, tell: Tell) -> Snapshot:
    """Dump a database that may be in use.

    Raises:
        UnavailableError: `pg_dump` is missing, or it failed; gives its words.
    """
    program = find_program("pg_dump")
    target = folder / COPY
    target.touch(0o600)
    tell(N_("База данных"), 0, 1)
    engine = make_engine(url, pool_size=1)
    try:
        with everywhere(engine).connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            said = read_snapshot(connection)
            words = [f"--snapshot={snapshot}", "--format=custom", f"--file={target}"]
            _run(program, [*words, *WHOLE, *QUIET], make_url(url))
    finally:
        engine.dispose()
    tell(N_("База данных"), 1, 1)
    return said


def demand_empty_database(url: str) -> None:
    """Refuse a database with something in it, before anything is written.

    Raises:
        InvalidError: it has tables.
        UnavailableError: it does not answer, or `pg_restore` is missing.
    """
    find_program("pg_restore")
    engine = make_engine(url, pool_size=1)
    try:
        with everywhere(engine).connect() as connection:
            tables = connection.execute(TABLES).scalar_one()
    except SQLAlchemyError as error:
        raise UnavailableError(
            N_("База данных не отвечает (%(error)s): проверьте адрес и работает ли она."),
            error=type(error).__name__,
        ) from None
    finally:
        engine.dispose()
    if tables:
        raise InvalidError(N_("База данных не пуста: восстанавливайте в новую, только что созданную."))


def restore_postgresql(folder: Path, url: str) -> None:
    """Fill an empty database in one transaction: all of it, or nothing.

    Raises:
        UnavailableError: `pg_restore` failed; gives its words.
    """
    target = make_url(url)
    words = ["--single-transaction", "--exit-on-error", f"--dbname={target.database}", *QUIET]
    _run(find_program("pg_restore"), [*words, str(folder / COPY)], target)


def find_program(name: str) -> str:
    """Find a program of PostgreSQL: the newest that Debian keeps aside, or what is on the PATH.

    Raises:
        UnavailableError: it is not installed.
    """
    aside = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]), reverse=True)
    found = str(aside[0]) if aside else shutil.which(name)
    if not found:
        raise UnavailableError(
            N_("Нет программы %(name)s: установите клиент PostgreSQL (apt-get install postgresql-client)."),
            name=name,
        )
    return found


def _run(program: str, words: Sequence[str], url: URL) -> None:
    """Run a client; where it connects to goes by its environment, where no list of processes shows it."""
    place = {
        "PGHOST": url.host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": None if url.password is None else str(url.password),
        "PGDATABASE": url.database,
    }
    said = {name: value for name, value in place.items() if value}
    environ = {**os.environ, "LC_ALL": "C", "PGOPTIONS": f"-c {SETTING}={ALL}", **said}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program with our own words
        [program, *words], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UnavailableError(
            N_("%(name)s: %(said)s"), name=Path(program).name, said=done.stderr.strip() or done.returncode
        )
