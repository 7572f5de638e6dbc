"""The floor under a long list: bare reading of its file, and bare inserting of the rows that it became."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import python_calamine
from sqlalchemy import make_url

from registry.storage.schema import metadata

BEFORE = ("regions", "municipalities", "schools", "classes")
STORED = ("subject_keys", "persons", "contacts", "enrolments", "guardianships")


def read_s(file: Path) -> float:
    """Seconds of the library alone."""
    begin = time.perf_counter()
    python_calamine.load_workbook(str(file)).get_sheet_by_index(0).to_python()
    return time.perf_counter() - begin


def insert_s(source: str, target: str) -> tuple[float, int]:
    """Seconds of the driver alone for the same rows into empty tables, in one transaction; their number."""
    with connected(source) as held:
        rows = {name: held.execute(_selected(name)).fetchall() for name in (*BEFORE, *STORED)}
    with connected(target) as made:
        _insert(made, target, {name: rows[name] for name in BEFORE})
        begin = time.perf_counter()
        _insert(made, target, {name: rows[name] for name in STORED})
        return time.perf_counter() - begin, sum(len(rows[name]) for name in STORED)


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A connection of the driver, as durable as the registry's own."""
    said = make_url(url)
    if said.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(said.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    else:
        plain = said.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


def _columns(name: str) -> list[str]:
    return [f'"{column.name}"' for column in metadata.tables[name].columns]


def _selected(name: str) -> str:
    return f"SELECT {', '.join(_columns(name))} FROM {name}"


def _insert(connection: Any, url: str, rows: dict[str, Sequence[Any]]) -> None:  # noqa: ANN401 - either driver's
    mark = "?" if url.startswith("sqlite") else "%s"
    cursor = connection.cursor()
    cursor.execute("BEGIN")
    for name, told in rows.items():
        columns = _columns(name)
        places = ", ".join([mark] * len(columns))
        cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})", told)
    cursor.execute("COMMIT")
