"""Migrations are one line, and what they make equals the models, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from migrations.check import line_faults, model_faults
from registry.storage.engine import make_engine
from registry.storage.migrate import upgrade
from tests.servers import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    server.execute("CREATE DATABASE bare")
    yield server.url("bare")
    server.execute("DROP DATABASE bare WITH (FORCE)")


@pytest.fixture
def bare_engine(bare_url: str) -> Iterator[Engine]:
    """An engine on it."""
    made = make_engine(bare_url)
    yield made
    made.dispose()


def test_migrations_are_one_line_without_gaps() -> None:
    assert not line_faults()


def test_migrations_make_what_the_models_say(bare_engine: Engine) -> None:
    assert not model_faults(bare_engine)


def test_migrating_twice_changes_nothing(bare_engine: Engine) -> None:
    upgrade(bare_engine)
    tables = inspect(bare_engine).get_table_names()
    upgrade(bare_engine)
    assert inspect(bare_engine).get_table_names() == tables
