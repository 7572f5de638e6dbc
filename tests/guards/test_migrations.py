"""Migrations are one line, and what they make equals the models, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Engine, Table, inspect, select, text
from sqlalchemy.exc import DatabaseError

from migrations.check import HEAD, differences, line_faults, model_faults
from migrations.picture import take_picture
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.migrate import alembic_config, upgrade
from registry.storage.schema import JsonText, SealedBytes, UtcDateTime, metadata
from registry.trail.fence import raise_fence
from tests.servers import Postgres

MakeEngine = Callable[[str], Engine]
Rows = dict[str, list[tuple[Any, ...]]]
ANY = {
    UUID: UUID(int=1),
    str: "1",
    int: 1,
    bool: True,
    bytes: bytes(32),
    date: date(2020, 11, 2),
}
"""A value of each kind; that all ids are one makes all foreign keys good."""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeEngine]:
    """Makes databases without a single table, by name, of each kind."""
    made: dict[str, Engine] = {}
    server: Postgres | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")

    def make(name: str) -> Engine:
        if server is not None:
            server.execute(f"CREATE DATABASE {name}")
        url = f"sqlite:///{tmp_path / name}.sqlite3" if server is None else server.url(name)
        made[name] = make_engine(url)
        return made[name]

    yield make
    for name, engine in made.items():
        engine.dispose()
        if server is not None:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrations_are_one_line_without_gaps() -> None:
    assert not line_faults()


def test_migrations_make_what_the_models_say(bare: MakeEngine) -> None:
    assert not model_faults(bare("migrated"), bare("modelled"))


def test_migrating_twice_changes_nothing(bare: MakeEngine) -> None:
    engine = bare("twice")
    upgrade(engine)
    once = take_picture(engine)
    upgrade(engine)
    assert take_picture(engine) == once


def test_a_missing_trigger_index_or_column_is_seen(bare: MakeEngine) -> None:
    """The comparison itself: a guard that sees nothing would let everything pass."""
    import_tables()
    whole, worn = bare("whole"), bare("worn")
    for engine in (whole, worn):
        metadata.create_all(engine)
    assert not differences(take_picture(worn), take_picture(whole))
    with worn.begin() as connection:
        trigger = "acts_fence ON acts" if worn.dialect.name == "postgresql" else "acts_fence_update"
        connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("DROP INDEX ix_promises_lane_due_at"))
        connection.execute(text("ALTER TABLE promises DROP COLUMN last_error"))
    seen = " ".join(differences(take_picture(worn), take_picture(whole)))
    assert all(piece in seen for piece in ("acts trigger", "ix_promises_lane_due_at", "column last_error"))


def test_the_fence_is_raised_for_the_tables_that_there_are(bare: MakeEngine) -> None:
    """A first migration runs on with the models of a later day, which fence tables that it does not make."""
    import_tables()
    engine = bare("partly")
    few = [metadata.tables[name] for name in ("trail_tree", "trail_tile")]
    metadata.create_all(engine, tables=few)
    once = take_picture(engine)
    with engine.begin() as connection:
        raise_fence(connection)
    assert take_picture(engine) == once


def test_a_migrated_database_refuses_to_change_evidence(bare: MakeEngine) -> None:
    engine = bare("fenced")
    upgrade(engine)
    note = "INSERT INTO trail_checkpoint VALUES (1, 1, 'note', '2020-11-02T00:00:00.000000Z')"
    with engine.begin() as connection:
        connection.execute(text(note))
    for change in ("UPDATE trail_checkpoint SET size = 2", "DELETE FROM trail_checkpoint"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change))


def test_the_rows_of_the_version_before_survive_the_newest_migration_and_the_way_back(
    bare: MakeEngine,
) -> None:
    import_tables()
    engine = bare("older")
    before = f"{int(HEAD.read_text()) - 1:04}"
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), before)
    columns = {name: columns_of(engine, name) for name in inspect(engine).get_table_names()}
    del columns["alembic_version"]
    fill(engine, columns)
    picture, rows = take_picture(engine), rows_of(engine, columns)
    assert all(rows.values())
    upgrade(engine)
    assert rows_of(engine, columns) == rows
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), before)
    assert rows_of(engine, columns) == rows
    assert take_picture(engine) == picture


def columns_of(engine: Engine, table: str) -> list[str]:
    return [column["name"] for column in inspect(engine).get_columns(table)]


def fill(engine: Engine, columns: dict[str, list[str]]) -> None:
    """Write one row into every table that is empty."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            names = columns.get(table.name)
            if names and connection.execute(select(text("1")).select_from(table)).first() is None:
                connection.execute(table.insert(), {name: any_value(table, name) for name in names})


def any_value(table: Table, name: str) -> object:
    kind = table.c[name].type
    if isinstance(kind, SealedBytes):
        return b"\x01" + bytes(40)
    if isinstance(kind, JsonText):
        return {}
    if isinstance(kind, UtcDateTime):
        return datetime(2020, 11, 2, tzinfo=UTC)
    return ANY[kind.python_type]


def rows_of(engine: Engine, columns: dict[str, list[str]]) -> Rows:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(*map(metadata.tables[name].c.get, own)))]
            for name, own in columns.items()
        }
