"""An installation with a real life in it, and copies of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from registry.backup.restoring import look_through, restore
from registry.backup.taking import take_data, take_keys
from registry.config import Settings
from registry.trail.entries import SYSTEM, Entry, EntryType, ObjectRef, Slot
from registry.trail.publisher import tend
from registry.trail.verify import Report, verify
from registry.work import Registry
from tests.servers import Postgres

PASSPHRASE = "lampa-9-oblako-Kovsh-41"
numbers = count(1)


def quiet(_part: str, _done: int, _total: int) -> None:
    """Nobody looks on."""


def live(registry: Registry, times: int = 1) -> list[UUID]:
    """Write entries about persons with keys of their own, each in its own transaction."""
    made = []
    for _ in range(times):
        with registry.work(SYSTEM) as work:
            person = work.new_id()
            work.vault.create_key(work.connection, person)
            slot = Slot(person, {"name": "Ёжикова Анна"})
            work.record(Entry(EntryType.PERSON_ADDED, ObjectRef("tried", person, 1), {"n": 1}, None, (slot,)))
            made.append(person)
    return made


def publish(registry: Registry) -> None:
    tend(registry.engine, registry.trail, registry.now())


def checked(registry: Registry) -> Report:
    """Rebuild the trail and open everything in it that is sealed for a person."""
    return verify(registry.engine, registry.vault, registry.trail, {})


@dataclass
class Copies:
    """Makes empty places and restores into them."""

    folder: Path
    settings: Settings
    fresh_database: Callable[[], str] | None

    def take(self, registry: Registry) -> tuple[Path, Path]:
        number = next(numbers)
        data, keys = self.folder / f"data-{number}", self.folder / f"keys-{number}"
        take_data(registry.settings, data, registry.now(), quiet)
        take_keys(registry.settings, keys, registry.now(), PASSPHRASE)
        return data, keys

    def place(self) -> Settings:
        """An empty home, with an empty database where that is a server's."""
        home = self.folder / f"home-{next(numbers)}"
        url = self.fresh_database() if self.fresh_database else f"sqlite:///{home / 'registry.sqlite3'}"
        return replace(self.settings, home=home, database_url=url, migration_url=url)

    def put_back(self, data: Path, keys: Path, published: Path | None = None) -> Registry:
        place = self.place()
        restore(place, look_through(place, data, keys, PASSPHRASE), published, quiet)
        return Registry.open(place)


@pytest.fixture
def copies(request: pytest.FixtureRequest, registry: Registry, tmp_path: Path) -> Iterator[Copies]:
    made: list[str] = []
    server: Postgres | None = None
    if registry.engine.dialect.name == "postgresql":
        server = request.getfixturevalue("postgres")

    def fresh() -> str:
        assert server is not None
        name = f"restored_{next(numbers)}"
        server.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return server.url(name)

    folder = tmp_path / "copies"
    folder.mkdir()
    yield Copies(folder, registry.settings, fresh if server else None)
    for name in made:
        assert server is not None
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
