"""The fence: triggers that refuse to change what is written, and the first row of the tree.

A fence is no proof: an owner of the database can take it down. What he does then, the verifier finds.

Tables made through the metadata get it by themselves; a migration, whose tables are its own, calls
`raise_fence` after creating them, or after SQLite had to make one of them anew.
"""

from typing import Any

from sqlalchemy import Connection, Table, event, insert, inspect, select

from registry.trail.keys import FIRST_EPOCH
from registry.trail.merkle import EMPTY_ROOT

TREE_ID = 1

_fenced: dict[Table, str] = {}
_planted: list[Table] = []

_REFUSE = """
CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only';
END
$body$
"""


def append_only(table: Table, condition: str = "") -> Table:
    """Let nobody change or delete the rows of a table, or those of them that meet a condition on OLD."""
    _fenced[table] = condition
    event.listen(table, "after_create", _fence_created)
    return table


def planted(table: Table) -> Table:
    """Give the table of the tree its only row: the empty tree of the first epoch."""
    _planted.append(table)
    event.listen(table, "after_create", _plant_created)
    return table


def raise_fence(connection: Connection) -> None:
    """Put up all triggers, anew where they stand, and the tree's row where it is missing.

    Tables that a later migration makes are passed over: it raises the fence again.
    """
    standing = set(inspect(connection).get_table_names())
    for table, condition in _fenced.items():
        if table.name in standing:
            _fence(connection, table.name, condition)
    for table in _planted:
        if table.name in standing:
            _plant(connection, table)


def behind_fence() -> frozenset[str]:
    """Name the tables that `raise_fence` looks after."""
    return frozenset(table.name for table in (*_fenced, *_planted))


def wholly_fenced() -> frozenset[str]:
    """Name the tables of which no row may ever change."""
    return frozenset(table.name for table, condition in _fenced.items() if not condition)


def _fence(connection: Connection, table: str, condition: str) -> None:
    statements = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    for statement in statements(table, f"WHEN ({condition})" if condition else ""):
        connection.exec_driver_sql(statement)


def _postgresql(table: str, when: str) -> list[str]:
    refuse = "EXECUTE FUNCTION trail_refuse()"
    return [
        _REFUSE,
        f"DROP TRIGGER IF EXISTS {table}_fence ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_fence_all ON {table}",
        f"CREATE TRIGGER {table}_fence BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {when} {refuse}",
        f"CREATE TRIGGER {table}_fence_all BEFORE TRUNCATE ON {table} {refuse}",
    ]


def _sqlite(table: str, when: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    made: list[str] = []
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_fence_{verb.lower()}"
        made.append(f"DROP TRIGGER IF EXISTS {name}")
        made.append(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when} {refuse}")
    return made


def _plant(connection: Connection, table: Table) -> None:
    if connection.execute(select(table.c.id)).first() is None:
        row = {"id": TREE_ID, "epoch": FIRST_EPOCH, "size": 0, "root": EMPTY_ROOT}
        connection.execute(insert(table).values(row))


def _fence_created(table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401 - an event's extras
    _fence(connection, table.name, _fenced[table])


def _plant_created(table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401 - an event's extras
    _plant(connection, table)
