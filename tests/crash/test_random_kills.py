"""Workers, sequencers and writers that are killed at any moment: nothing is lost, nothing is doubled."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.consents.models.tables import acts
from registry.letters.models import letters
from registry.letters.rules import LetterState
from registry.storage.outbox import promises
from registry.trail.checkpoint import open_checkpoint
from registry.trail.entries import SYSTEM
from registry.trail.merkle import verify_consistency
from registry.trail.models import trail_checkpoint
from registry.trail.proofs import prove_consistency
from registry.work import Registry
from tests.clocks import Later
from tests.conftest import PROFILE
from tests.crash.blows import children
from tests.crash.convergence import come_right
from tests.crash.picture import check_whole
from tests.crash.roles import ROLES, Family
from tests.crash.shelf import Place, Shelf
from tests.crash.story import STAGES, work_on
from tests.crash.sweep import KINDS
from tests.crash.town import Stage, Town

KILLS = 1_000 if PROFILE == "deep" else 5
LONGEST_LIFE = 0.5
DECIDED = next(one for one in STAGES if one.name == "sign-off")
"""Before it everybody has decided, and nothing was sent yet."""
TELL = "submissions.tell_of_withdrawal"


def _kill_at_random(place: Place, family: Family, noted: Path, chance: random.Random) -> Counter[str]:
    """Keep one process of each role running, and kill one after the other at random moments."""
    running: dict[Callable[..., None], ForkServerProcess] = {}
    killed: Counter[str] = Counter()
    try:
        for _ in range(KILLS):
            for role in ROLES:
                if role not in running:
                    running[role] = children.Process(target=role, args=(place.environ, family, noted))
                    running[role].start()
            _wait_for_an_act(noted)
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            for role in chance.sample(ROLES, chance.choice([1, 1, 2, 3])):
                _end(running.pop(role))
                killed[role.__name__] += 1
    finally:
        for process in running.values():
            _end(process)
    return killed


def _wait_for_an_act(noted: Path) -> None:
    """Wait until one more act was written: on a busy machine a process takes its time to start."""
    size, began = noted.stat().st_size, time.monotonic()
    while noted.stat().st_size == size:
        assert time.monotonic() - began < 60, "nobody signs"
        time.sleep(0.005)


def _end(process: ForkServerProcess) -> None:
    process.kill()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def _family(town: Town) -> Family:
    found = town.families()["Пётр"]
    guardian = found.guardians[0].person
    assert guardian.email
    return Family(town.school, found.student.id, guardian.id, guardian.email.value)


@pytest.mark.parametrize("kind", KINDS)
def test_random_kills_lose_nothing_and_double_nothing(
    shelf_of: Callable[[str], Shelf], tmp_path: Path, kind: str
):
    seed = datetime.now(UTC).toordinal()
    noted = tmp_path / "acknowledged"
    noted.touch()
    with shelf_of(kind).before(DECIDED) as place:
        town = place.open()
        family, before = _family(town), {name: len(town.rows(name)) for name in (acts, letters)}
        told = sum(one["job"] == TELL for one in town.rows(promises))
        town.registry.engine.dispose()
        killed = _kill_at_random(place, family, noted, random.Random(seed))  # noqa: S311 - chance, no secret
        town = place.open()
        come_right(town, Stage("afterwards", (work_on,)), Later())
        check_whole(town.registry)
        made = sorted(town.rows(acts), key=lambda one: one["id"])[before[acts] :]
        assert {UUID(line) for line in noted.read_text().split()} <= {one["id"] for one in made}
        assert [one["kind"] for one in made] == [("withdrawn", "given")[n % 2] for n in range(len(made))]
        lost = sum(one["kind"] == "withdrawn" for one in made)
        assert sum(one["job"] == TELL for one in town.rows(promises)) == told + lost
        _check_letters(town, place, before[letters] + len(made))
        _check_checkpoints(town.registry)
        town.registry.engine.dispose()
    assert len(made) >= KILLS, (seed, killed)


def _check_letters(town: Town, place: Place, wanted: int) -> None:
    """Every letter came, and more than once only where a worker died between the taking and our note."""
    rows = town.rows(letters)
    assert len(rows) == wanted
    assert {one["state"] for one in rows} == {LetterState.HANDED_OVER}
    copies = place.mailbox.copies()
    assert len(copies) == wanted
    assert sum(copies.values()) - wanted <= KILLS


def _check_checkpoints(registry: Registry) -> None:
    verifier, epoch = registry.trail.checkpoint.verifier, registry.trail.epoch
    with registry.reading(SYSTEM) as work:
        rows = work.connection.execute(select(trail_checkpoint).order_by(trail_checkpoint.c.size)).all()
        assert {row.epoch for row in rows} == {epoch}
        signed = [open_checkpoint(row.note, [verifier]) for row in rows]
        for old, new in pairwise(signed):
            proof = prove_consistency(work.connection, epoch, old.size, new.size)
            verify_consistency((old.size, new.size), (old.root, new.root), proof)
