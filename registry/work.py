"""The unit of work: one transaction, one clock, one commit; nothing else commits or reads the clock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from registry.config import Settings
from registry.storage import outbox
from registry.storage.doorbell import Doorbell, NoDoorbell, open_doorbell
from registry.storage.engine import make_engine, reading
from registry.storage.failpoints import arm, reach, read_strike
from registry.storage.files import FileStore, UnitFiles
from registry.storage.ids import uuid7
from registry.storage.keyring import KeyRing, RingFile
from registry.storage.outbox import Due, Lane, Promised
from registry.storage.queries import Shared, share
from registry.storage.reach import EVERYTHING, NOTHING, REACH, Reach, set_reach
from registry.storage.schema import Json
from registry.storage.trouble import DATABASE_ERRORS, retell, surely_undone
from registry.storage.vault import Vault
from registry.trail.append import Place, append
from registry.trail.append_many import append_many
from registry.trail.entries import Actor, Entry
from registry.trail.keys import TrailKeys
from registry.trail.pseudonyms import Acquaintances, Known
from registry.trail.reaching import reach_of
from registry.trail.recorded import Recorded
from registry.trail.rows import Beside


@dataclass(frozen=True, slots=True)
class Registry:
    """The running registry: settings, engine, keys; it opens units of work and holds no state of its own."""

    settings: Settings
    engine: Engine
    vault: Vault
    files: FileStore
    trail: TrailKeys
    doorbell: Doorbell = field(default_factory=NoDoorbell)

    @classmethod
    def open(cls, settings: Settings) -> "Registry":
        """Open an installation that was set up before.

        Raises:
            SettingsError: its keys are missing or damaged, or there is no such failpoint.
        """
        file = RingFile(settings.keys)  # before the reading: a change in between is seen as one
        vault = Vault(KeyRing.load(settings.keys), file)
        files = FileStore(settings.home / "files", vault)
        trail = TrailKeys.load(settings.keys, settings.origin)
        engine = make_engine(settings.database_url)
        if settings.failpoint:
            arm(read_strike(settings.failpoint), engine)
        doorbell = open_doorbell(settings.redis_url, trail.installation)
        return cls(settings, engine, vault, files, trail, doorbell)

    @contextmanager
    def work(self, actor: Actor, cause: str | None = None, *, sees: Reach | None = None) -> Iterator["Work"]:
        """Open a transaction that commits at the end, or rolls back when anything is raised.

        Files that were written in it go with it. After the commit the doorbell rings for what was promised;
        whether anybody hears it is no matter here.

        Args:
            actor: who acts; written into every trail entry.
            cause: id of the request or the promise that led here.
            sees: whose rows it may see and change; without it what `reach_of` says of the actor.

        Raises:
            UnavailableError: the database or its disk cannot take it now.
        """
        options = {REACH: sees or reach_of(actor)}
        files = UnitFiles(self.files)
        try:
            connected = self.engine.connect().execution_options(**options)
            with connected as connection, connection.begin():
                work = Work(self, connection, actor, cause, files)
                yield work
                reach("work.before-commit")
        except DATABASE_ERRORS as error:
            if surely_undone(error):
                files.take_back()
            retell(error)
        except BaseException:
            files.take_back()
            raise
        reach("work.after-commit")
        for lane, promised in work.promised.items():
            self.doorbell.ring(lane, promised)

    @contextmanager
    def reading(self, actor: Actor, *, sees: Reach | None = None) -> Iterator["Work"]:
        """Open a transaction that only reads: it takes no write lock, and nothing written in it stays.

        Args:
            actor: who acts.
            sees: whose rows it may see; without it what `reach_of` says of the actor.

        Raises:
            UnavailableError: the database does not answer now.
        """
        try:
            with reading(self.engine, sees or reach_of(actor)) as connection:
                yield Work(self, connection, actor, None, UnitFiles(self.files))
        except DATABASE_ERRORS as error:
            retell(error)

    def now(self) -> datetime:
        """Real UTC, for those who work without a transaction of their own (the worker's loop)."""
        return real_now()


class Work:
    """One transaction under way.

    Attributes:
        connection: of the open transaction.
        actor: who acts.
        files: encrypted files; what is written goes away again unless the transaction is committed.
        now: real aware UTC, fixed for the whole unit: tokens, signatures, trail.
        today: the legal day in the installation's zone: ages, grades, deadlines.
        promised: promises that are rung for after the commit, by lane.
    """

    __slots__ = (
        *("_acquaintances", "_cause", "_reach", "_registry", "_shared"),
        *("actor", "connection", "files", "now", "promised", "today"),
    )

    def __init__(
        self,
        registry: Registry,
        connection: Connection,
        actor: Actor,
        cause: str | None,
        files: UnitFiles,
    ) -> None:
        self._registry = registry
        self._cause = cause
        self._acquaintances = Acquaintances()
        self._shared: Shared | None = None
        self._reach: Reach = connection.get_execution_options().get(REACH, NOTHING)
        self.connection = connection
        self.actor = actor
        self.promised: dict[Lane, list[UUID]] = {}
        self.files = files
        self.now: datetime = real_now()
        self.today: date = legal_day(registry.settings, self.now)

    def see(self, sees: Reach, shared: Shared | None = None) -> None:
        """Go on with another reach (now it is known who asks, or for which school); share a lock as well."""
        if sees != self._reach or shared is not None:
            set_reach(self.connection, sees, shared)
        self._reach, self._shared = sees, shared or self._shared

    def share(self, room: str, key: UUID) -> None:
        """Share a lock with others, but wait for who holds it; no statement where it is shared already."""
        if self._shared != (room, key):
            share(self.connection, room, key)

    @contextmanager
    def beyond(self) -> Iterator[None]:
        """Look past the actor's schools in this block: for a rule about a person, who belongs to no school.

        Nothing that is read in it may be told to the actor, unless of himself. If it raises the unit is over.
        """
        before = self._reach
        self.see(EVERYTHING)
        yield
        self.see(before)

    @property
    def settings(self) -> Settings:
        """What the installation decided."""
        return self._registry.settings

    @property
    def vault(self) -> Vault:
        """Seals and opens personal data."""
        return self._registry.vault

    def new_id(self) -> UUID:
        """Make a UUIDv7 of now."""
        return uuid7(int(self.now.timestamp() * 1000))

    def record(self, entry: Entry, beside: Beside | None = None) -> Recorded:
        """Write a trail entry in this transaction: no state without its fact.

        A row that makes the change may go `beside` it, to be written together with its fact.
        """
        place = Place(self.new_id(), self.now, self.actor, self._cause, beside, self._acquaintances)
        return append(self.connection, self.vault, entry, place, self._registry.trail)

    def record_many(self, entries: Sequence[Entry]) -> list[Recorded]:
        """Write the entries of a set of changes, each of another object, in a fixed number of statements."""
        at, actor, cause, met = self.now, self.actor, self._cause, self._acquaintances
        placed = [(entry, Place(self.new_id(), at, actor, cause, None, met)) for entry in entries]
        return append_many(self.connection, self.vault, placed, self._registry.trail)

    def meet(self, tenant: UUID | None, met: Mapping[UUID, Known]) -> None:
        """Spare the trail the look-up of persons whom a statement brought along with what else it read."""
        self._acquaintances.meet(tenant, met)

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

    def later_many(self, promised: Sequence[Promised]) -> None:
        """Promise many jobs in this transaction, each to be kept at once, in one statement."""
        ids = [self.new_id() for _ in promised]
        outbox.promise_many(self.connection, ids, promised, self.now)
        self.promised.setdefault(Lane.ORDINARY, []).extend(ids)

    def _promise(self, job: str, due: Due, arguments: Mapping[str, Json]) -> UUID:
        promise_id = self.new_id()
        outbox.promise(self.connection, promise_id, job, due, arguments)
        reach("promise.written")
        if due.at <= self.now:
            self.ring(due.lane, promise_id)
        return promise_id

    def ring(self, lane: Lane, promise_id: UUID) -> None:
        """Have the doorbell ring after the commit for a promise that is due."""
        self.promised.setdefault(lane, []).append(promise_id)


def real_now() -> datetime:
    """Give real UTC, for commands that open no installation too."""
    return datetime.now(UTC)


def legal_day(settings: Settings, now: datetime | None = None) -> date:
    """Give the legal day of a moment (of now by default), for commands that open no installation too."""
    return settings.today or (now or real_now()).astimezone(settings.timezone).date()
