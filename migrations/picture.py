"""What a database is made of, piece by piece: two databases that behave alike have equal pictures.

More than alembic compares: checks, defaults, conditions of indexes, triggers, functions, row security, and
how many rows there are from the start.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, Inspector, inspect, text

Picture: TypeAlias = Mapping[str, str]
"""Name of a piece, the table's name first, and how it is written."""

ALEMBIC: Final = "alembic_version"
TRIGGERS: Final = "SELECT tbl_name || ' trigger ' || name, sql FROM sqlite_master WHERE type = 'trigger'"
PG_TRIGGERS: Final = """
    SELECT tgrelid::regclass || ' trigger ' || tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
"""
PG_FUNCTIONS: Final = """
    SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
PG_POLICIES: Final = """
    SELECT tablename || ' policy ' || policyname, concat_ws(' ', cmd, roles, qual, with_check)
    FROM pg_policies
"""
PG_ROW_SECURITY: Final = """
    SELECT relname || ' row security', relrowsecurity || ' ' || relforcerowsecurity
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
EXTRAS: Final = {
    "sqlite": (TRIGGERS,),
    "postgresql": (PG_TRIGGERS, PG_FUNCTIONS, PG_POLICIES, PG_ROW_SECURITY),
}
"""What alembic and the inspector do not see: queries for pairs of a piece's name and how it is written."""


def take_picture(engine: Engine) -> Picture:
    """Look at everything in a database."""
    with engine.connect() as connection:
        pieces = dict(_extras(connection))
        inspector = inspect(connection)
        for table in inspector.get_table_names():
            rows = connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar()
            pieces[f"{table} rows"] = str(rows)
            pieces.update(_table(inspector, table))
    return {name: written for name, written in pieces.items() if not name.startswith(ALEMBIC)}


def _extras(connection: Connection) -> Iterator[tuple[str, str]]:
    for query in EXTRAS[connection.dialect.name]:
        for name, written in connection.execute(text(query)):
            yield name, " ".join(written.split())


def _table(inspector: Inspector, table: str) -> Iterator[tuple[str, str]]:
    for column in inspector.get_columns(table):
        yield f"{table} column {column['name']}", _plain(column)
    yield f"{table} primary key", _plain(inspector.get_pk_constraint(table))
    lists: dict[str, Any] = {
        "unique": inspector.get_unique_constraints(table),
        "foreign key": inspector.get_foreign_keys(table),
        "check": inspector.get_check_constraints(table),
        "index": inspector.get_indexes(table),
    }
    for kind, found in lists.items():
        for one in found:
            yield f"{table} {kind} {one['name']}", _plain(one)


def _plain(described: Any) -> str:  # noqa: ANN401 - the inspector's dictionaries, each of another shape
    """Write a description the same whatever order its keys have; a type by its own words."""
    if isinstance(described, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(described[key])}" for key in sorted(described)) + "}"
    return " ".join(str(described).split())
