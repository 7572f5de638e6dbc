"""How often an act reads a growing table from one end to the other: never, however many rows stand in it."""

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Table, bindparam, event, text

_ALIAS = re.compile(r"\b(\w+) AS (\w+)")
_SCAN = re.compile(r"^SCAN (?:TABLE )?(\w+)")
_COUNT = text(
    "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relname IN :names"
).bindparams(bindparam("names", expanding=True))

Statements = dict[str, Any]
"""Each statement with the values of its first execution."""


def full_scans(engine: Engine, tables: Collection[Table], act: Callable[[], object]) -> tuple[int, str]:
    """Act, and count the full scans of these tables; tell how they were counted."""
    names = {table.name for table in tables}
    if engine.dialect.name == "postgresql":
        before = _sequential(engine, names)
        act()
        return _sequential(engine, names) - before, "sequential scans that PostgreSQL counted meanwhile"
    with _heard(engine) as statements:
        act()
    found = [line for said, values in statements.items() for line in _scans(engine, (said, values), names)]
    told = f"searched by index: EXPLAIN QUERY PLAN of the {len(statements)} statements on the way"
    return len(found), "; ".join([told, *found])


def _sequential(engine: Engine, names: Collection[str]) -> int:
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    time.sleep(0.2)
    with engine.begin() as connection:
        return int(connection.execute(_COUNT, {"names": sorted(names)}).scalar_one())


@contextmanager
def _heard(engine: Engine) -> Iterator[Statements]:
    """Collect the statements that are executed."""
    statements: Statements = {}

    def hear(*said: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        _, _, statement, values, _, many = said
        statements.setdefault(statement, values[0] if many else values)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _scans(engine: Engine, said: tuple[str, Any], names: Collection[str]) -> list[str]:
    """Name the growing tables that a statement reads whole."""
    statement, values = said
    if not statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        return []
    called = {alias: table for table, alias in _ALIAS.findall(statement)}
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    scanned = [found[1] for row in plan if (found := _SCAN.match(row.detail))]
    return [f"{one} in {statement[:200]}" for one in scanned if called.get(one, one) in names]
