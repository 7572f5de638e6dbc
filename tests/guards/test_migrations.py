"""Migrations are one line, and what they make equals the models, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from migrations.check import differences, line_faults, model_faults
from migrations.picture import take_picture
from registry.storage.engine import make_engine
from registry.storage.migrate import import_tables, upgrade
from registry.storage.schema import metadata
from registry.trail.fence import raise_fence
from tests.servers import Postgres

MakeEngine = Callable[[str], Engine]


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
