"""A trigger that fails every insert into one table, for as long as a test wants it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

WORD = "struck by a trigger"
_SQLITE = ("CREATE TRIGGER struck BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, '" + WORD + "'); END",)
_POSTGRESQL = (
    "CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS"
    " $body$ BEGIN RAISE EXCEPTION '" + WORD + "'; END $body$",
    "CREATE TRIGGER struck BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION strike()",
)
MAKE = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
DROP = {"sqlite": ("DROP TRIGGER struck",), "postgresql": ("DROP FUNCTION strike CASCADE",)}


@contextmanager
def failing_inserts(engine: Engine, table: str) -> Iterator[list[str]]:
    """Let inserts into a table fail; give what was said each time."""
    said: list[str] = []

    def note(context: ExceptionContext) -> None:
        if WORD in str(context.original_exception):
            said.append(str(context.original_exception))

    _run(engine, MAKE, table)
    event.listen(engine, "handle_error", note)
    try:
        yield said
    finally:
        event.remove(engine, "handle_error", note)
        _run(engine, DROP, table)


def _run(engine: Engine, statements: dict[str, tuple[str, ...]], table: str) -> None:
    with engine.begin() as connection:
        for one in statements[engine.dialect.name]:
            connection.exec_driver_sql(one.format(table=table))
