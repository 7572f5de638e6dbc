"""What every test may ask for: a fresh database of either kind, and a registry that runs on it."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from registry.config import Settings, load_settings
from registry.documents.pades.keys import create_keys
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.grants import let_serve
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.storage.schema import metadata
from registry.trail.fence import wholly_fenced
from registry.trail.keys import TrailKeys
from registry.work import Registry
from tests.applications import share_made
from tests.databases import Databases, lending
from tests.engines import share_compiled
from tests.servers import SERVING, Postgres, running_postgres, served

PROFILE = os.environ.get("REGISTRY_TEST_PROFILE", "small")
TEMPLATE = "registry_template"
LEGAL_DAY = "2020-11-02"

# A first example may have to wait for a fixture or for the other core: no deadline, the whole run has one.
quiet = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("small", max_examples=20, **quiet)
settings.register_profile("deep", max_examples=2_000, **quiet)
settings.load_profile(PROFILE)

# A test makes many objects that live as long as itself: to look through them so often finds nothing.
gc.set_threshold(20_000, 20, 20)
share_compiled()
share_made()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the walk over all pages, which takes longest; leave out what is for a long run only."""
    items.sort(key=lambda item: "test_every_page" not in item.nodeid)
    if PROFILE == "deep":
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("deep")])
    items[:] = [item for item in items if not item.get_closest_marker("deep")]


def pytest_collection_finish() -> None:
    """Let the collector pass over what all tests share: modules and the tests themselves."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this run's own, with one database that holds all tables and no rows."""
    with running_postgres() as server:
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        server.add_serving()
        make_tables(server.url(TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds all tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "registry.sqlite3"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    path = tmp_path / "registry.sqlite3"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def databases(postgres: Postgres) -> Iterator[Databases]:
    """Lends empty databases of that server."""
    with lending(postgres, TEMPLATE) as lender:
        yield lender


@pytest.fixture
def postgresql_url(postgres: Postgres, databases: Databases) -> Iterator[str]:
    """A PostgreSQL database as good as fresh: empty, and nobody else is in it."""
    with databases.lend() as name:
        yield postgres.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compiled templates for all homes of the run: to compile them takes longer than most tests.

    What is in it is found by the text of the template, and is put there in one step; so processes share it.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "compiled"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@pytest.fixture
def registry_home(compiled: Path, tmp_path: Path) -> Path:
    """A home of a test's own, with nothing in it but the templates that were compiled before."""
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    (made / "compiled").symlink_to(compiled)
    return made


@pytest.fixture
def registry_settings(database_url: str, registry_home: Path) -> Settings:
    """Settings of a sandbox in a home of its own, on the legal day 2 November 2020."""
    return load_settings(
        {
            "REGISTRY_HOME": str(registry_home),
            "REGISTRY_DATABASE_URL": served(database_url),
            "REGISTRY_MIGRATION_URL": database_url,
            "REGISTRY_TODAY": LEGAL_DAY,
            "REGISTRY_ARGON2_MEMORY_KIB": "64",
            "REGISTRY_ARGON2_PASSES": "1",
        }
    )


@pytest.fixture
def registry(registry_settings: Settings) -> Iterator[Registry]:
    """A registry with fresh keys and an empty database, once of each kind."""
    KeyRing.create(registry_settings.keys)
    TrailKeys.create(registry_settings.keys, registry_settings.origin)
    create_keys(registry_settings.keys, "registry.example", datetime.now(UTC))
    opened = Registry.open(registry_settings)
    yield opened
    opened.engine.dispose()


def make_tables(url: str) -> None:
    """Migrate an empty database; a table that has no migration yet is made from its model.

    That migrations and models are equal in what is released is held by tests/guards/test_migrations.py.
    """
    import_tables()
    made = make_engine(url)
    upgrade(made)
    metadata.create_all(made)
    if made.dialect.name == "postgresql":
        let_serve(made, SERVING, wholly_fenced())
    made.dispose()
