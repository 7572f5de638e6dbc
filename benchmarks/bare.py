"""The driver alone, without the registry: what rows cost when nobody finds out what stands in them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import make_url

from registry.storage.schema import metadata


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


def selected(name: str) -> str:
    """Write the statement that reads all rows of a table."""
    return f"SELECT {', '.join(_columns(name))} FROM {name}"


def insert_rows(connection: Any, url: str, rows: dict[str, Sequence[Any]]) -> None:  # noqa: ANN401 - either driver's
    """Insert rows, as `selected` reads them, in one transaction."""
    mark = "?" if url.startswith("sqlite") else "%s"
    cursor = connection.cursor()
    cursor.execute("BEGIN")
    for name, told in rows.items():
        columns = _columns(name)
        places = ", ".join([mark] * len(columns))
        cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})", told)
    cursor.execute("COMMIT")


def _columns(name: str) -> list[str]:
    return [f'"{column.name}"' for column in metadata.tables[name].columns]
