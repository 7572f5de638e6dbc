"""PostgreSQL is killed with all its processes under load: no acknowledged act is lost, none is half there.

After each kill there may be acts that nobody saw acknowledged; that is why every form carries a key.
"""

import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from sqlalchemy import func, select

from benchmarks.consents.seeding import NAME, Waiting, seed
from registry.config import Settings, load_settings
from registry.consents.models.moment import Where
from registry.consents.models.tables import acts, consents, presentations
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.clicking import Said
from registry.consents.usecases.online import record_online_act
from registry.errors import ConflictError, UnavailableError
from registry.storage.keyring import KeyRing
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM, Actor
from registry.trail.keys import TrailKeys
from registry.trail.models import trail_event, trail_object
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry
from tests.conftest import LEGAL_DAY, make_tables
from tests.servers import DURABLE, Postgres, end, make_cluster, start

CLIENTS = 6
GUARDIANS_A_CLIENT = 6
NEXT = {ActKind.GIVEN: ActKind.WITHDRAWN, ActKind.WITHDRAWN: ActKind.GIVEN}
FORGETFUL = DURABLE | {"synchronous_commit": "off", "wal_writer_delay": "10s"}


@dataclass
class Guardian:
    """Somebody who gives and withdraws, again and again."""

    actor: Actor
    where: Where
    next: ActKind = ActKind.GIVEN


@dataclass
class Scene:
    """A cluster that is killed and started again, and the ledgers of those who sign in it."""

    folder: Path
    settings: Mapping[str, str]
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    def start(self) -> Postgres:
        self.process, server = start(self.folder / "data", self.password, self.settings)
        return server

    def kill(self) -> None:
        """End every process of the server, as lost power would.

        Each of its processes leads a group of its own, and it makes new ones: it is stopped first.
        """
        assert self.process
        server = self.process.pid
        os.kill(server, signal.SIGSTOP)
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        self.process.wait()
        assert len(children) > CLIENTS  # the clients' own, and those that write to the disk

    def ledgers(self) -> list[Path]:
        return [self.ledger / f"{number}" for number in range(CLIENTS)]

    def acknowledged(self) -> set[UUID]:
        lines = [line for one in self.ledgers() if one.exists() for line in one.read_text().split()]
        assert len(lines) == len(set(lines))
        return {UUID(line) for line in lines}


@contextmanager
def cluster(settings: Mapping[str, str]) -> Iterator[Scene]:
    # Not below the folder of the tests: the server may run as somebody else, who cannot go there.
    with TemporaryDirectory(prefix="registry-killed-", ignore_cleanup_errors=True) as folder:
        scene = Scene(Path(folder), settings)
        make_cluster(scene.folder, scene.password)
        scene.ledger.mkdir()
        try:
            yield scene
        finally:
            if scene.process:
                end(scene.process)


def installation(home: Path, server: Postgres) -> Settings:
    server.execute("CREATE DATABASE registry_acts")
    server.add_serving()
    make_tables(server.url("registry_acts"))
    settings = load_settings({"REGISTRY_HOME": str(home), "REGISTRY_TODAY": LEGAL_DAY})
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    return settings


def opened(settings: Settings, server: Postgres) -> Registry:
    return Registry.open(replace(settings, database_url=server.url("registry_acts")))


def guardians(registry: Registry, waiting: Sequence[Waiting]) -> list[Guardian]:
    with registry.reading(SYSTEM) as work:
        shown = {row.id: row for row in work.connection.execute(select(presentations))}
        signers = dict(work.connection.execute(select(consents.c.id, consents.c.signer_id)).all())
    return [
        Guardian(
            Actor("guardian", signers[one.consent_id], "guardian", "sms-code", one.school_id),
            Where(one.school_id, shown[one.presentation_id].sitting_id, one.consent_id, one.presentation_id),
        )
        for one in waiting
    ]


def sign(registry: Registry, one: Guardian) -> UUID | None:
    """Make one act with all its rows; None when the one before stands though nobody had heard of it."""
    kind, one.next = one.next, NEXT[one.next]
    try:
        with registry.work(one.actor) as work:
            return record_online_act(work, one.where, Said(kind, NAME)).act_id
    except ConflictError:
        return None


def keep_signing(registry: Registry, own: Sequence[Guardian], ledger: Path) -> None:
    """Sign until the server is gone; an id is written down when its commit was acknowledged."""
    with ledger.open("a", buffering=1) as file:
        while True:
            for one in own:
                try:
                    act_id = sign(registry, one)
                except UnavailableError:
                    return
                if act_id:
                    file.write(f"{act_id}\n")


def sign_and_kill(scene: Scene, registry: Registry, everybody: Sequence[Guardian], enough: int) -> None:
    """Let all clients sign, and kill the server when so many more acts were acknowledged."""
    wanted = len(scene.acknowledged()) + enough
    clients = [
        threading.Thread(target=keep_signing, args=(registry, everybody[number::CLIENTS], ledger))
        for number, ledger in enumerate(scene.ledgers())
    ]
    for one in clients:
        one.start()
    while len(scene.acknowledged()) < wanted and any(one.is_alive() for one in clients):
        time.sleep(0.02)
    scene.kill()
    for one in clients:
        one.join(60)
        assert not one.is_alive()
    assert len(scene.acknowledged()) >= wanted
    registry.engine.dispose()


def lost(registry: Registry, acknowledged: set[UUID]) -> set[UUID]:
    with registry.reading(SYSTEM) as work:
        return acknowledged - set(work.connection.execute(select(acts.c.id)).scalars())


def half_there(registry: Registry) -> list[str]:
    """Acts without their trail or their promise, and trail without its act."""
    with registry.reading(SYSTEM) as work:
        run = work.connection.execute
        made = set(run(select(acts.c.id)).scalars())
        heads = set(run(select(trail_object.c.id).where(trail_object.c.kind == "act")).scalars())
        events = set(run(select(trail_event.c.event_id)).scalars())
        named = set(run(select(trail_object.c.event_id)).scalars())
        taken_back = run(select(func.count()).where(acts.c.kind == "withdrawn")).scalar_one()
        told = run(select(func.count()).where(promises.c.job == "submissions.tell_of_withdrawal"))
        missing = {"acts": made ^ heads, "events": named - events}
        found = [f"{name}: {len(ids)}" for name, ids in missing.items() if ids]
        promised = told.scalar_one()
    return found + ([] if promised == taken_back else [f"promises: {promised} for {taken_back}"])


@pytest.mark.parametrize(("count", "kills"), [(1_000, 2), pytest.param(20_000, 5, marks=pytest.mark.deep)])
def test_no_acknowledged_act_is_lost_when_the_whole_database_is_killed(
    tmp_path: Path, count: int, kills: int
) -> None:
    with cluster(DURABLE) as scene:
        server = scene.start()
        settings = installation(tmp_path / "home", server)
        registry = opened(settings, server)
        everybody = guardians(registry, seed(registry, CLIENTS * GUARDIANS_A_CLIENT))
        for _ in range(kills):
            sign_and_kill(scene, registry, everybody, count // kills)
            registry = opened(settings, scene.start())
            assert lost(registry, scene.acknowledged()) == set()
            assert half_there(registry) == []
        assert len(scene.acknowledged()) >= count
        with registry.work(SYSTEM) as work:
            now = work.now
        tend(registry.engine, registry.trail, now)
        report = verify(registry.engine, registry.vault, registry.trail, {})
        assert [one.sentence for one in report.findings] == []
        registry.engine.dispose()


@pytest.mark.deep
def test_the_harness_sees_what_a_server_loses_that_confirms_before_it_has_written(tmp_path: Path) -> None:
    """With synchronous_commit off acknowledged acts are lost; a harness that sees none proves nothing."""
    with cluster(FORGETFUL) as scene:
        server = scene.start()
        settings = installation(tmp_path / "home", server)
        registry = opened(settings, server)
        everybody = guardians(registry, seed(registry, CLIENTS * GUARDIANS_A_CLIENT))
        seen = set()
        for _ in range(3):
            sign_and_kill(scene, registry, everybody, 300)
            registry = opened(settings, scene.start())
            seen |= lost(registry, scene.acknowledged())
            assert half_there(registry) == []
        registry.engine.dispose()
    assert seen
