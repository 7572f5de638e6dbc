"""The story told once without a blow: how everything stood before and after each stage, to be copied."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, event, update

from registry.config import Settings, load_settings
from registry.consents.models.tables import sittings
from registry.documents.pades.keys import create_keys
from registry.keys.adopting import adopt_home
from registry.storage.failpoints import listening
from registry.storage.keyring import KeyRing
from registry.trail.entries import SYSTEM
from registry.trail.keys import TrailKeys
from registry.work import Registry, real_now
from tests.clocks import Later
from tests.conftest import LEGAL_DAY, TEMPLATE
from tests.crash.convergence import come_right
from tests.crash.outside import CuttingPlatform, Letter, Mailbox
from tests.crash.picture import Picture, picture_of
from tests.crash.story import STAGES
from tests.crash.town import Stage, Town
from tests.servers import Postgres, free_port
from tests.submissions.conftest import Keys

NOT_COPIED = shutil.ignore_patterns("S.*", "*.lock")
INSERT = re.compile(r"\bINSERT INTO (\w+)")
CUT_IN = "withdrawal"
"""The stage in which the platform cuts the line before its first answer, so that it has to be asked."""
REFUSED_IN = "invitations"
"""The stage in which the mail server puts the first letter off."""


class Databases(Protocol):
    """Databases of one kind, each made as a copy of another."""

    def copy(self, source: str, target: str) -> None: ...
    def url(self, name: str) -> str: ...
    def drop(self, name: str) -> None: ...


@dataclass(frozen=True)
class SqliteFiles:
    """SQLite copies a file; nobody has it open then, so there is nothing beside it."""

    folder: Path
    empty: Path

    def copy(self, source: str, target: str) -> None:
        shutil.copy(self.empty if source == TEMPLATE else self._path(source), self._path(target))

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def drop(self, name: str) -> None:
        for path in self.folder.glob(f"{name}.sqlite3*"):
            path.unlink()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


@dataclass(frozen=True)
class ServerDatabases:
    """PostgreSQL copies a database from a template."""

    server: Postgres

    def copy(self, source: str, target: str) -> None:
        self.server.execute(f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY")

    def url(self, name: str) -> str:
        return self.server.url(name)

    def drop(self, name: str) -> None:
        self.server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Place:
    """One installation of the sweep: its settings as an environment, and what lies outside it."""

    environ: dict[str, str]
    mailbox: Mailbox
    platform: CuttingPlatform | None

    @property
    def settings(self) -> Settings:
        return load_settings(self.environ)

    def open(self) -> Town:
        return Town(Registry.open(self.settings), self.mailbox.url)


@dataclass
class Shelf:
    """Copies of the story's state before each stage, and what was seen in it and after it."""

    kind: str
    folder: Path
    keys: Keys
    databases: Databases
    mailbox: Mailbox
    letters: dict[str, list[Letter]] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    reached: dict[str, Counter[str]] = field(default_factory=dict)
    written: dict[str, frozenset[str]] = field(default_factory=dict)
    """The tables into which each stage inserts."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def fill(self) -> None:
        """Tell the story once, and keep a copy before each stage."""
        live = self.folder / "live"
        shutil.copytree(self.keys.registry, live / "home" / "keys", ignore=NOT_COPIED)
        shutil.copytree(self.keys.platform, live / "platform", ignore=NOT_COPIED)
        KeyRing.create(live / "home" / "keys")
        TrailKeys.create(live / "home" / "keys", "localhost/consents")
        create_keys(live / "home" / "keys", "localhost", real_now())
        self.databases.copy(TEMPLATE, self._name("live"))
        self.mailbox.letters.clear()
        with self._serving(live, self._name("live"), platform=True) as place:
            _adopt_keys(place)
            for stage in STAGES:
                self._tell(place, live, stage)
        self.databases.drop(self._name("live"))

    def _tell(self, place: Place, live: Path, stage: Stage) -> None:
        kept = self.folder / stage.name
        assert place.platform
        shutil.copytree(live, kept, ignore=NOT_COPIED)
        self.databases.copy(self._name("live"), self._name(stage.name))
        self.letters[stage.name] = list(self.mailbox.letters)
        seen: list[str] = []
        set_outside(place, stage)
        town = place.open()
        with listening(seen.append), inserts_seen(town.registry.engine) as tables:
            stage.tell(town)
        come_right(town, stage, Later())
        self.reached[stage.name] = Counter(seen)
        self.written[stage.name] = frozenset(tables)
        self.pictures[stage.name] = picture_of(town.registry, self.mailbox, place.platform)
        town.registry.engine.dispose()

    @contextmanager
    def before(self, stage: Stage, *, platform: bool | None = None) -> Iterator[Place]:
        """Give a fresh installation that stands before a stage; the platform is served if that needs it."""
        number = next(self.numbers)
        target = self.folder / f"run-{number}"
        shutil.copytree(self.folder / stage.name, target)
        name = self._name(f"run_{number}")
        self.databases.copy(self._name(stage.name), name)
        self.mailbox.letters[:] = self.letters[stage.name]
        try:
            served = stage.platform if platform is None else platform
            with self._serving(target, name, platform=served) as place:
                set_outside(place, stage)
                _keep_sittings_open(place)
                yield place
        finally:
            self.databases.drop(name)
            shutil.rmtree(target)

    @contextmanager
    def new(self) -> Iterator[Place]:
        """Give an empty installation, its keys still to be made, beside a platform that knows nobody."""
        number = next(self.numbers)
        target, name = self.folder / f"run-{number}", self._name(f"run_{number}")
        (target / "home").mkdir(parents=True)
        self.databases.copy(TEMPLATE, name)
        try:
            with self._serving(target, name, platform=True) as place:
                yield place
        finally:
            self.databases.drop(name)
            shutil.rmtree(target)

    @contextmanager
    def _serving(self, folder: Path, database: str, *, platform: bool) -> Iterator[Place]:
        port = free_port()
        environ = {
            "PATH": os.environ["PATH"],
            "REGISTRY_HOME": str(folder / "home"),
            "REGISTRY_DATABASE_URL": self.databases.url(database),
            "REGISTRY_TODAY": LEGAL_DAY,
            "REGISTRY_ARGON2_MEMORY_KIB": "64",
            "REGISTRY_ARGON2_PASSES": "1",
            "REGISTRY_PAPER_CHECK": "100",
            "REGISTRY_PLATFORM_URL": f"http://127.0.0.1:{port}",
            "REGISTRY_SMTP_PORT": str(self.mailbox.smtp_port),
            "REGISTRY_SMS_URL": f"{self.mailbox.url}/sms",
        }
        served = CuttingPlatform(folder / "platform", port) if platform else None
        try:
            yield Place(environ, self.mailbox, served)
        finally:
            if served is not None:
                served.close()
                served.intake.sealer.close()

    def _name(self, of: str) -> str:
        return f"crash_{self.kind}_{of}".replace("-", "_")


@contextmanager
def inserts_seen(engine: Engine) -> Iterator[set[str]]:
    """Name the tables into which an engine inserts meanwhile."""
    tables: set[str] = set()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        tables.update(INSERT.findall(statement))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(engine, "before_cursor_execute", note)


def set_outside(place: Place, stage: Stage) -> None:
    """Let the outside behave in a stage as it does whenever the stage is told."""
    place.mailbox.refusals = int(stage.name == REFUSED_IN)
    if place.platform is not None:
        place.platform.cuts = int(stage.name == CUT_IN)


def _adopt_keys(place: Place) -> None:
    """Take the exchanged keys into the table, as `prepare` does for a home from before it."""
    registry = place.open().registry
    assert adopt_home(registry)
    registry.engine.dispose()


def _keep_sittings_open(place: Place) -> None:
    """Half an hour of a sitting may have passed since the story was told."""
    registry = place.open().registry
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(sittings).values(ends_at=datetime.now(UTC) + timedelta(minutes=30)))
    registry.engine.dispose()
