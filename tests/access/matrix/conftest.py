"""One installation a database for the whole matrix."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import func, select

from registry.app import create_app
from registry.config import load_settings
from registry.documents.pades.keys import create_keys
from registry.storage.keyring import KeyRing
from registry.trail.keys import TrailKeys
from registry.trail.models import trail_leaf
from registry.web.assets import EXTENSION as ASSETS
from registry.work import Registry
from tests.access.matrix.actors import gather, purposeless
from tests.access.matrix.world import Stage, build_world, hold_still
from tests.conftest import LEGAL_DAY, TEMPLATE
from tests.servers import Postgres

MATRIX = "registry_matrix"


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The installation with everybody at his browser; nothing that a request writes stays."""
    folder = tmp_path_factory.mktemp("matrix")
    url = str(request.getfixturevalue(f"matrix_{request.param}"))
    settings = load_settings(
        {
            "REGISTRY_HOME": str(folder / "home"),
            "REGISTRY_DATABASE_URL": url,
            "REGISTRY_TODAY": LEGAL_DAY,
            "REGISTRY_ARGON2_MEMORY_KIB": "64",
            "REGISTRY_ARGON2_PASSES": "1",
        }
    )
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    create_keys(settings.keys, "registry.example", datetime.now(UTC))
    registry = Registry.open(settings)
    app = create_app(registry)
    world = build_world(registry)
    with registry.engine.connect() as connection:
        leaves = connection.execute(select(func.count()).select_from(trail_leaf)).scalar_one()
    tile = "000" if leaves >= 256 else f"000.p/{leaves}"
    fixed = {"tile": tile, "asset": app.extensions[ASSETS]["registry.css"].digest}
    askers = gather(app, world)
    auditor = purposeless(app, world)
    with hold_still(registry):
        yield Stage(app, world, askers, fixed, auditor, registry.now())
    registry.engine.dispose()


@dataclass(frozen=True)
class Stopped:
    """A clock that stands still."""

    moment: datetime

    def now(self, zone: tzinfo | None = None) -> datetime:
        return self.moment.astimezone(zone)


@pytest.fixture(autouse=True)
def clock(stage: Stage) -> Iterator[None]:
    """Let no time pass for those who came in: passwords stay fresh however long a test takes."""
    with mock.patch("registry.work.datetime", Stopped(stage.since)):
        yield


@pytest.fixture(scope="session")
def matrix_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A fresh SQLite database."""
    path = tmp_path_factory.mktemp("matrix") / "registry.sqlite3"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def matrix_postgresql(postgres: Postgres) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    postgres.execute(f"CREATE DATABASE {MATRIX} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield postgres.url(MATRIX)
    postgres.execute(f"DROP DATABASE {MATRIX} WITH (FORCE)")
