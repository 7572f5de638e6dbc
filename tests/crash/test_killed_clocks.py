"""Clocks and workers that are killed at any moment, and clocks side by side: each deadline passes once."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.jobs.worker import keep_due_promises
from registry.storage.outbox import LEASE, promises
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.leaf import read_leaf
from registry.trail.models import trail_event
from registry.work import Registry
from registry.workflows import clock, models
from registry.workflows.cases import Case, Happening
from tests.clocks import Later
from tests.conftest import LEGAL_DAY
from tests.crash.blows import children
from tests.crash.dues import begin, follow_for_ever, make_due, work_for_ever
from tests.crash.picture import check_whole

A_KILL = 40
"""So many cases become due before each kill."""
LONGEST_LIFE = 0.3
PATIENCE_S = 60
ROLES = (follow_for_ever, work_for_ever)
TOLD = {
    "asked": [Happening.STARTED, Happening.ESCALATED],
    "kept": [Happening.STARTED, Happening.MOVED],
}

Running = dict[Callable[..., None], ForkServerProcess]


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.deep)])
def test_clocks_and_workers_killed_at_random_pass_each_deadline_once(
    registry: Registry, tmp_path: Path, kills: int
):
    seed = datetime.now(UTC).toordinal()
    begun = begin(registry, kills * A_KILL)
    killed = _kill_at_random(registry, begun, tmp_path / "alive", random.Random(seed))  # noqa: S311 - chance, no secret
    assert sum(killed.values()) >= kills, seed
    clock.follow_clock(registry)
    with Later().ticking() as later:
        later.waited += LEASE * 2  # as if the leases of the dead were over
        while keep_due_promises(registry):
            pass
    _check_once(registry, begun)


def test_two_clocks_at_once_take_different_cases_and_pass_each_deadline_once(registry: Registry):
    begun = begin(registry, 2 * A_KILL)
    make_due(registry, begun)
    with registry.work(SYSTEM) as one:
        mine = clock.due(one, A_KILL)
        if registry.engine.dialect.name == "postgresql":
            with registry.work(SYSTEM) as other:
                theirs = clock.due(other, A_KILL)
            assert len(theirs) == A_KILL
            assert not {case.id for case in mine} & {case.id for case in theirs}
    clocks = [threading.Thread(target=clock.follow_clock, args=(registry,)) for _ in range(2)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()
    while keep_due_promises(registry):
        pass
    _check_once(registry, begun)


def _kill_at_random(
    registry: Registry, begun: Sequence[Case], alive: Path, chance: random.Random
) -> Counter[str]:
    """Keep a clock and a worker running; again and again let some cases be due, and kill one or both."""
    settings = registry.settings
    environ = {
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_TODAY": LEGAL_DAY,
    }
    running: Running = {}
    killed: Counter[str] = Counter()
    alive.touch()
    try:
        for first in range(0, len(begun), A_KILL):
            _start(running, environ, alive)
            make_due(registry, begun[first : first + A_KILL])
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            for role in chance.sample(ROLES, chance.choice([1, 1, 2])):
                _end(running.pop(role))
                killed[role.__name__] += 1
    finally:
        for process in running.values():
            _end(process)
    return killed


def _start(running: Running, environ: dict[str, str], alive: Path) -> None:
    """Start those that were killed, and wait until they have begun."""
    missing = [role for role in ROLES if role not in running]
    wanted, deadline = alive.stat().st_size + len(missing), time.monotonic() + PATIENCE_S
    for role in missing:
        running[role] = children.Process(target=role, args=(environ, alive))
        running[role].start()
    while alive.stat().st_size < wanted:
        assert time.monotonic() < deadline, "they do not start"
        time.sleep(0.005)


def _end(process: ForkServerProcess) -> None:
    process.kill()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def _check_once(registry: Registry, begun: Sequence[Case]) -> None:
    """Hold that history, trail and promises tell of one passing of each deadline, and of one effect."""
    check_whole(registry)
    with registry.reading(SYSTEM) as work:
        for case in begun:
            told = [line.kind for line in models.history(work.connection, case.id)]
            assert told == TOLD[case.definition_id]
        promised = [row.arguments for row in work.connection.execute(select(promises.c.arguments))]
        leaves = [read_leaf(leaf) for leaf in work.connection.scalars(select(trail_event.c.leaf))]
    about = Counter(leaf.object.id for leaf in leaves if leaf.object.kind == "case")
    assert about == {case.id: 2 for case in begun}
    assert Counter(UUID(one["case_id"]) for one in promised if "case_id" in one) == {
        case.id: 1 for case in begun
    }
    noted = Counter(leaf.object.id for leaf in leaves if leaf.object.kind == "thing")
    assert noted == {
        **{case.id: 1 for case in begun},
        **{case.subject.id: 1 for case in begun if case.definition_id == "kept"},
    }
    assert EntryType.CASE_ESCALATED in {leaf.type for leaf in leaves}
