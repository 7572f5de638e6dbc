"""Both databases, an empty log in them, and a hand that writes entries."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from registry.storage.engine import make_engine
from registry.storage.ids import uuid7
from registry.storage.keyring import KeyRing
from registry.storage.schema import Json, metadata
from registry.storage.vault import Vault
from registry.trail.append import Place, append
from registry.trail.entries import Actor, Entry, EntryType, ObjectRef, Recorded, Slot
from registry.trail.keys import TrailKeys

ORIGIN = "test.example/consents"
NOW = datetime(2020, 11, 2, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own on a socket; gives the URL of its maintenance database."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    folder = tmp_path_factory.mktemp("pg")
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        subprocess.run(["chown", "-R", "postgres", folder], check=True)
        for parent in [folder, *folder.parents][:3]:
            parent.chmod(0o755)
    data = folder / "data"
    init = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(init, user=user, check=True, capture_output=True)
    options = ["-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=", "-c", "shared_buffers=64MB"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], user=user, stdout=log, stderr=log
        )
    url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    for _ in range(200):
        ready = [programs / "pg_isready", "-h", folder, "-q"]
        if subprocess.run(ready, check=False).returncode == 0:
            break
        time.sleep(0.05)
    yield url
    server.send_signal(signal.SIGINT)
    server.wait(30)


@pytest.fixture(params=["sqlite", "postgresql"])
def log_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of the one kind, then of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/registry.sqlite3"
    server = request.getfixturevalue("postgres")
    name = f"t{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


@dataclass
class Log:
    """An empty log, and one who writes in it: an object a call, about the persons that it knows."""

    url: str
    engine: Engine
    vault: Vault
    keys: TrailKeys
    folder: Path
    people: list[UUID]
    now: datetime = NOW

    def place(self, actor: Actor | None = None) -> Place:
        """Where the next entry belongs."""
        self.now += timedelta(milliseconds=1)
        event_id = uuid7(int(self.now.timestamp() * 1000))
        who = actor or Actor("guardian", self.people[0], "mother", "sms-otp")
        return Place(event_id, self.now, who, "request-1")

    def write(self, connection: Connection, entry: Entry) -> Recorded:
        """Write in a transaction that somebody else opened."""
        return append(connection, self.vault, entry, self.place(), self.keys)

    def record(self, entry: Entry) -> Recorded:
        """Write in a transaction of its own."""
        with self.engine.begin() as connection:
            return self.write(connection, entry)

    def given(self, version: int = 1, of: UUID | None = None, **said: Json) -> Entry:
        """A consent given, about two persons."""
        return Entry(
            type=EntryType.CONSENT_GIVEN,
            object=ObjectRef("consent", of or uuid4(), version),
            state={"version": version, **said},
            tenant=UUID(int=17),
            slots=tuple(Slot(person, {"name": "Ёжикова Анна", "n": 1}) for person in self.people[:2]),
        )

    def fill(self, count: int) -> list[Recorded]:
        """Write a number of entries in one transaction."""
        with self.engine.begin() as connection:
            return [self.write(connection, self.given()) for _ in range(count)]


@pytest.fixture
def log(log_url: str, tmp_path: Path) -> Iterator[Log]:
    yield from open_log(log_url, tmp_path)


@pytest.fixture
def sqlite_log(tmp_path: Path) -> Iterator[Log]:
    yield from open_log(f"sqlite:///{tmp_path}/registry.sqlite3", tmp_path)


def open_log(url: str, folder: Path) -> Iterator[Log]:
    engine = make_engine(url)
    metadata.create_all(engine)
    vault = Vault(KeyRing.create(folder / "keys"))
    people = [uuid4() for _ in range(3)]
    with engine.begin() as connection:
        vault.create_keys(connection, people)
    yield Log(url, engine, vault, TrailKeys.create(folder / "keys", ORIGIN), folder, people)
    engine.dispose()


