"""Empty databases of the run's PostgreSQL, lent to one test after another.

A copy of the template costs twenty times the processor time of emptying a database that is there. So one
that comes back is emptied and lent again, under a new name: what an earlier test has left running does not
find it. It is lent again only if it equals the template then; what a test has altered in it, other than rows,
is seen by the catalogues, and such a database is dropped.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import psycopg

from tests.servers import Postgres

PATIENCE_S = 10
WORN_BYTES = 24 * 1024 * 1024
"""From this size on the dead rows of earlier tests would slow the next one down."""
CATALOGUES = (
    "pg_attrdef",
    "pg_attribute",
    "pg_cast",
    "pg_class",
    "pg_collation",
    "pg_constraint",
    "pg_default_acl",
    "pg_event_trigger",
    "pg_extension",
    "pg_index",
    "pg_inherits",
    "pg_largeobject_metadata",
    "pg_namespace",
    "pg_operator",
    "pg_policy",
    "pg_proc",
    "pg_publication",
    "pg_rewrite",
    "pg_sequence",
    "pg_statistic",
    "pg_statistic_ext",
    "pg_subscription",
    "pg_trigger",
    "pg_type",
)
SHAPE = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM pg_catalog.{name}" for name in CATALOGUES
)
"""How many rows each catalogue has and which transaction wrote the newest: any change alters one of them."""
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1
"""
SIZE = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND oid >= 16384"
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
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        with self.server.connect(self.template) as connection:
            self.shape = shape_of(connection)
            tables = [str(name) for (name,) in connection.execute(TABLES)]
            # Migrations write a few rows: the version, and the tree of the trail before its first entry.
            self.rows = {name: rows_of(connection, name) for name in tables}
        self._gone(self.template)

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
        return name

    def _take_back(self, name: str) -> None:
        renamed = f"{self.prefix}_{next(self.numbers)}"
        try:
            self._gone(name)
            self.desk.execute(f"ALTER DATABASE {name} RENAME TO {renamed}")
        except (psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
            renamed = name
        if renamed != name and self._like_new(renamed):
            self.free.append(renamed)
        else:
            self.desk.execute(f"DROP DATABASE IF EXISTS {renamed} WITH (FORCE)")

    def _like_new(self, name: str) -> bool:
        """Give a database the rows of the template, and tell whether it may be lent again."""
        (settings,) = self.desk.execute(SETTINGS, (name,)).fetchone() or (0,)
        if settings:
            return False
        with self.server.connect(name) as connection:
            if shape_of(connection) != self.shape:
                return False
            put_back(connection, self.rows)
            (size,) = connection.execute(SIZE).fetchone() or (0,)
        self._gone(name)
        return int(str(size)) < WORN_BYTES

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


def put_back(connection: Connection, rows: dict[str, Rows]) -> None:
    """Leave these rows alone, whatever triggers and foreign keys say, and let the sequences begin anew."""
    words = [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in rows),
        "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence",
    ]
    with connection.transaction():
        connection.execute("; ".join(words))  # type: ignore[arg-type]
        for name, row in ((name, row) for name, kept in rows.items() for row in kept):
            places = ", ".join(["%s"] * len(row))
            connection.execute(f"INSERT INTO {name} VALUES ({places})", row)  # type: ignore[arg-type]


def shape_of(connection: Connection) -> Rows:
    """Give what tells a changed schema from an unchanged one."""
    return connection.execute(SHAPE).fetchall()


def rows_of(connection: Connection, table: str) -> Rows:
    """Give all rows of a table."""
    return connection.execute(f"TABLE {table}").fetchall()  # type: ignore[arg-type]
