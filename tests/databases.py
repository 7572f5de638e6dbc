"""Empty databases of the run's PostgreSQL, lent to one test after another.

A copy of the template costs twenty times the processor time of emptying a database that is there. So one
that comes back is emptied and lent again, under a new name: what an earlier test has left running does not
find it. It is lent again only if it equals the template then. The server counts what is written into each
table: only tables that a test has written into are emptied, for a new connection has to learn every table
that it touches; and a database in whose catalogues a test has written, which is altered in other than rows
therefore, is dropped.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import psycopg

from tests.servers import Postgres

PATIENCE_S = 10
WORN_BYTES = 24 * 1024 * 1024
"""From this size on the dead rows of earlier tests would slow the next one down."""
WRITTEN = """
SELECT format('%I.%I', n.nspname, c.relname), c.oid < 16384
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND NOT c.relisshared AND (
    pg_stat_get_tuples_inserted(c.oid) > 0
    OR c.oid < 16384 AND pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid) > 0
)
"""
"""The tables that rows were put into since the counts began, and whether it is a catalogue, with any change.

A session's counts are there before it is gone. Rows that were never committed are counted too.
"""
COUNTED_SINCE = "SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()"
"""A server that had to begin anew after a crash has lost its counts, and this time with them."""
COUNTS_AT_ONCE = 150_000
"""The first version whose counts are kept by the sessions themselves, not by somebody who may lag behind."""
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1
"""
SIZE = "SELECT pg_database_size(%s)"
SETTINGS = """
SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = %s
"""
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"

Connection = psycopg.Connection[tuple[object, ...]]
Rows = list[tuple[object, ...]]


@dataclass
class Databases:
    """Lends databases that are copies of one template, and takes them back."""

    server: Postgres
    template: str
    desk: Connection
    """A connection to the server's own database, for what is done to databases as such."""
    prefix: str = "registry"
    free: list[str] = field(default_factory=list)
    counted: dict[str, object] = field(default_factory=dict)
    """Since when the server counts for each database."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        with self.server.connect(self.template) as connection:
            tables = [str(name) for (name,) in connection.execute(TABLES)]
            # Migrations write a few rows: the version, and the tree of the trail before its first entry.
            self.rows = {name: rows_of(connection, name) for name in tables}
        self._gone(self.template)
        self.size = self._size(self.template)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the name of an empty database that nobody else has."""
        name = self.free.pop() if self.free else self._copy()
        try:
            yield name
        finally:
            self._take_back(name)

    def _copy(self) -> str:
        name = f"{self.prefix}_{next(self.numbers)}"
        self.desk.execute(f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY FILE_COPY")
        with self.server.connect(name) as connection:
            self.counted[name] = count_anew(connection)
        return name

    def _take_back(self, name: str) -> None:
        renamed, since = f"{self.prefix}_{next(self.numbers)}", self.counted.pop(name)
        try:
            self._gone(name)
            self.desk.execute(f"ALTER DATABASE {name} RENAME TO {renamed}")
        except (psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
            renamed = name
        if renamed != name and self._like_new(renamed, since):
            self.free.append(renamed)
        else:
            self.desk.execute(f"DROP DATABASE IF EXISTS {renamed} WITH (FORCE)")

    def _like_new(self, name: str, since: object) -> bool:
        """Give a database the rows of the template, and tell whether it may be lent again."""
        (settings,) = self.desk.execute(SETTINGS, (name,)).fetchone() or (0,)
        if settings or self.desk.info.server_version < COUNTS_AT_ONCE:
            return False
        with self.server.connect(name) as connection:
            written = connection.execute(WRITTEN).fetchall()
            if counted_since(connection) != since or any(catalogue for _, catalogue in written):
                return False
            put_back(connection, self.rows, [str(table) for table, _ in written])
            self.counted[name] = count_anew(connection)
        self._gone(name)
        return self._size(name) - self.size < WORN_BYTES

    def _size(self, name: str) -> int:
        (size,) = self.desk.execute(SIZE, (name,)).fetchone() or (0,)
        return int(str(size))

    def _gone(self, name: str) -> None:
        """End every connection to a database, and wait until they are gone."""
        deadline = time.monotonic() + PATIENCE_S
        while self.desk.execute(OTHERS, (name,)).rowcount and time.monotonic() < deadline:
            time.sleep(0.001)


@contextmanager
def lending(server: Postgres, template: str, prefix: str = "registry") -> Iterator[Databases]:
    """Lend databases of a server as long as that is open; at the end drop those that came back."""
    with server.connect() as desk:
        lender = Databases(server, template, desk, prefix)
        yield lender
        for name in lender.free:
            desk.execute(f"DROP DATABASE {name} WITH (FORCE)")


def put_back(connection: Connection, rows: dict[str, Rows], written: Iterable[str]) -> None:
    """Leave these rows alone, whatever triggers and foreign keys say, and let the sequences begin anew.

    Args:
        connection: to the database.
        rows: what each table is to hold.
        written: the tables that others may be in; those that are to hold rows are written anew anyhow.
    """
    kept = {name: of_it for name, of_it in rows.items() if of_it}
    words = [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in sorted({*written, *kept})),
        "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence",
    ]
    with connection.transaction():
        connection.execute("; ".join(words))  # type: ignore[arg-type]
        for name, row in ((name, row) for name, of_it in kept.items() for row in of_it):
            places = ", ".join(["%s"] * len(row))
            connection.execute(f"INSERT INTO {name} VALUES ({places})", row)  # type: ignore[arg-type]


def count_anew(connection: Connection) -> object:
    """Let the server begin to count what is written into a database, and give since when it does."""
    connection.execute("SELECT pg_stat_reset()")
    return counted_since(connection)


def counted_since(connection: Connection) -> object:
    """Give since when the server counts; None if it has lost its counts."""
    (since,) = connection.execute(COUNTED_SINCE).fetchone() or (None,)
    return since


def rows_of(connection: Connection, table: str) -> Rows:
    """Give all rows of a table."""
    return connection.execute(f"TABLE {table}").fetchall()  # type: ignore[arg-type]
