"""The unit of work: one transaction, one clock, one commit; nothing else commits or reads the clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from registry.config import Settings
from registry.storage import outbox
from registry.storage.engine import make_engine, reading
from registry.storage.files import FileStore
from registry.storage.ids import uuid7
from registry.storage.keyring import KeyRing
from registry.storage.outbox import Due, Lane
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.append import Place, append
from registry.trail.entries import Actor, Entry, Recorded
from registry.trail.keys import TrailKeys
from registry.trail.rows import Beside


@dataclass(frozen=True, slots=True)
class Registry:
    """The running registry: settings, engine, keys; it opens units of work and holds no state of its own."""

    settings: Settings
    engine: Engine
    vault: Vault
    files: FileStore
    trail: TrailKeys

    @classmethod
    def open(cls, settings: Settings) -> "Registry":
        """Open an installation that was set up before.

        Raises:
            SettingsError: its keys are missing or damaged.
        """
        vault = Vault(KeyRing.load(settings.keys))
        files = FileStore(settings.home / "files", vault)
        trail = TrailKeys.load(settings.keys, settings.origin)
        return cls(settings, make_engine(settings.database_url), vault, files, trail)

    @contextmanager
    def work(self, actor: Actor, cause: str | None = None) -> Iterator["Work"]:
        """Open a transaction that commits at the end, or rolls back when anything is raised.

        Args:
            actor: who acts; written into every trail entry.
            cause: id of the request or the promise that led here.
        """
        with self.engine.connect() as connection, connection.begin():
            yield Work(self, connection, actor, cause)

    @contextmanager
    def reading(self, actor: Actor) -> Iterator["Work"]:
        """Open a transaction that only reads: it takes no write lock, and nothing written in it stays."""
        with reading(self.engine) as connection:
            yield Work(self, connection, actor, None)

    def now(self) -> datetime:
        """Real UTC, for those who work without a transaction of their own (the worker's loop)."""
        return real_now()


class Work:
    """One transaction under way.

    Attributes:
        connection: of the open transaction.
        actor: who acts.
        now: real aware UTC, fixed for the whole unit: tokens, signatures, trail.
        today: the legal day in the installation's zone: ages, grades, deadlines.
    """

    __slots__ = ("_cause", "_registry", "actor", "connection", "now", "today")

    def __init__(self, registry: Registry, connection: Connection, actor: Actor, cause: str | None) -> None:
        self._registry = registry
        self._cause = cause
        self.connection = connection
        self.actor = actor
        self.now: datetime = real_now()
        self.today: date = legal_day(registry.settings, self.now)

    @property
    def settings(self) -> Settings:
        """What the installation decided."""
        return self._registry.settings

    @property
    def vault(self) -> Vault:
        """Seals and opens personal data."""
        return self._registry.vault

    @property
    def files(self) -> FileStore:
        """Encrypted files."""
        return self._registry.files

    def new_id(self) -> UUID:
        """Make a UUIDv7 of now."""
        return uuid7(int(self.now.timestamp() * 1000))

    def record(self, entry: Entry, beside: Beside | None = None) -> Recorded:
        """Write a trail entry in this transaction: no state without its fact.

        Args:
            entry: what happened.
            beside: a row that makes the change, to be written together with its fact.
        """
        place = Place(self.new_id(), self.now, self.actor, self._cause, beside)
        return append(self.connection, self.vault, entry, place, self._registry.trail)

    def later(self, job: str, /, *, due: datetime | None = None, **arguments: Json) -> UUID:
        """Promise a job in this transaction; a worker keeps the promise after the commit.

        Args:
            job: ``room.name`` of a registered job.
            due: not before this time; at once by default.
            arguments: ids and small values, no personal data.
        """
        return self._promise(job, Due(due or self.now), arguments)

    def at_once(self, job: str, /, **arguments: Json) -> UUID:
        """Promise a job that somebody waits for before a page: it overtakes what nobody waits for."""
        return self._promise(job, Due(self.now, Lane.AWAITED), arguments)

    def _promise(self, job: str, due: Due, arguments: Mapping[str, Json]) -> UUID:
        promise_id = self.new_id()
        outbox.promise(self.connection, promise_id, job, due, arguments)
        return promise_id


def real_now() -> datetime:
    """Give real UTC, for commands that open no installation too."""
    return datetime.now(UTC)


def legal_day(settings: Settings, now: datetime | None = None) -> date:
    """Give the legal day of a moment (of now by default), for commands that open no installation too."""
    return settings.today or (now or real_now()).astimezone(settings.timezone).date()
