"""Empty installations for the measurements, and the two databases on which most are made."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.cli.setting_up import migrate
from registry.config import load_settings
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.keyring import KeyRing
from registry.trail.keys import TrailKeys
from registry.work import Registry
from tests.servers import DURABLE, running_postgres


@contextmanager
def both_databases(*names: str) -> Iterator[tuple[Path, dict[str, list[str]]]]:
    """Make a folder, and databases of these names in it and on a PostgreSQL that loses no commit."""
    with (
        tempfile.TemporaryDirectory(prefix="registry-bench-") as folder,
        running_postgres(DURABLE) as server,
    ):
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        home = Path(folder)
        yield (
            home,
            {
                "sqlite": [f"sqlite:///{home / name}.sqlite3" for name in names],
                "postgresql": [server.url(name) for name in names],
            },
        )


def install(environ: dict[str, str]) -> Registry:
    """Make keys and tables of a new installation, and open it."""
    settings = load_settings(environ)
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    import_tables()
    owner = make_engine(settings.migration_url)
    migrate(settings, owner)
    owner.dispose()
    return Registry.open(settings)


def environ_of(home: Path, url: str) -> dict[str, str]:
    """Name an installation as a process is told of it."""
    return {"REGISTRY_HOME": str(home), "REGISTRY_DATABASE_URL": url, "REGISTRY_TODAY": "2020-11-02"}
