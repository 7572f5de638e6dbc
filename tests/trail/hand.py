"""An empty log, and a hand that writes in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from registry.storage.engine import make_engine
from registry.storage.ids import uuid7
from registry.storage.keyring import KeyRing
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.append import Place, append
from registry.trail.append_many import append_many
from registry.trail.entries import Actor, Entry, EntryType, ObjectRef, Slot
from registry.trail.keys import TrailKeys
from registry.trail.publisher import tend
from registry.trail.recorded import Recorded
from registry.trail.verify import Report, verify

ORIGIN = "test.example/consents"
NOW = datetime(2020, 11, 2, 6, 0, tzinfo=UTC)
SCHOOL = UUID(int=17)


@dataclass
class Log:
    """An empty log, and one who writes in it: an object a call, about the persons that it knows."""

    url: str
    engine: Engine
    vault: Vault
    keys: TrailKeys
    people: list[UUID]
    now: datetime = NOW
    consents: dict[UUID, tuple[int, Mapping[str, Json]]] = field(default_factory=dict)

    def place(self, actor: Actor | None = None) -> Place:
        """Where the next entry belongs."""
        self.now += timedelta(milliseconds=1)
        event_id = uuid7(int(self.now.timestamp() * 1000))
        who = actor or Actor("guardian", self.people[0], "mother", "sms-otp")
        return Place(event_id, self.now, who, "request-1")

    def write(self, connection: Connection, entry: Entry) -> Recorded:
        """Write in a transaction that somebody else opened."""
        made = append(connection, self.vault, entry, self.place(), self.keys)
        self._keep(entry)
        return made

    def write_many(self, connection: Connection, entries: Sequence[Entry]) -> list[Recorded]:
        """Write a set in a transaction that somebody else opened."""
        made = append_many(connection, self.vault, [(one, self.place()) for one in entries], self.keys)
        for one in entries:
            self._keep(one)
        return made

    def _keep(self, entry: Entry) -> None:
        if entry.state is not None and entry.object.kind == "consent":
            self.consents[entry.object.id] = (entry.object.version, entry.state)

    def record(self, entry: Entry) -> Recorded:
        """Write in a transaction of its own."""
        with self.engine.begin() as connection:
            return self.write(connection, entry)

    def record_many(self, entries: Sequence[Entry]) -> list[Recorded]:
        """Write a set in a transaction of its own."""
        with self.engine.begin() as connection:
            return self.write_many(connection, entries)

    def given(self, version: int = 1, of: UUID | None = None, **said: Json) -> Entry:
        """A consent given, about two persons."""
        return Entry(
            type=EntryType.CONSENT_GIVEN,
            object=ObjectRef("consent", of or uuid4(), version),
            state={"version": version, **said},
            tenant=SCHOOL,
            slots=tuple(Slot(person, {"name": "Ёжикова Анна", "n": 1}) for person in self.people[:2]),
        )

    def fill(self, count: int) -> list[Recorded]:
        """Write a number of entries in one transaction."""
        with self.engine.begin() as connection:
            return [self.write(connection, self.given()) for _ in range(count)]

    def tend(self) -> None:
        """Bring everything in and publish."""
        tend(self.engine, self.keys, self.now)

    def verify(self) -> Report:
        """Check the trail; the objects that stand are those that were written by `given` and not ended."""
        return verify(self.engine, self.vault, self.keys, {"consent": lambda *_: self.standing()})

    def standing(self) -> list[tuple[UUID, int, Mapping[str, Json]]]:
        """What the room of consents would hold."""
        return [(of, version, state) for of, (version, state) in self.consents.items()]


def open_log(url: str, folder: Path) -> Log:
    """Make keys in a folder, and open a database that has all tables."""
    engine = make_engine(url)
    vault = Vault(KeyRing.create(folder / "keys"))
    people = [uuid4() for _ in range(3)]
    with engine.begin() as connection:
        vault.create_keys(connection, people)
    return Log(url, engine, vault, TrailKeys.create(folder / "keys", ORIGIN), people)


def unfence(engine: Engine) -> None:
    """Do what an owner of the database can do: take the triggers down."""
    if engine.dialect.name == "sqlite":
        query = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT 'ALTER TABLE ' || relname || ' DISABLE TRIGGER USER' FROM pg_class "
            "WHERE starts_with(relname, 'trail_') AND relkind = 'r'"
        )
    with engine.begin() as connection:
        for statement in connection.exec_driver_sql(query).scalars().all():
            connection.exec_driver_sql(statement)
