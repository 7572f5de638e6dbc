"""One durable step of a case, against the same rows by hand in the same run."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import func, select

from benchmarks.figure import Figure
from benchmarks.workflows.by_hand import Move, move
from benchmarks.workflows.definition import ACTOR, SCHOOL, TELL, publish
from registry.app import present_states
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry
from registry.workflows import usecases
from registry.workflows.cases import Case, Subject
from registry.workflows.models.tables import case_history

STEPS = 400
WARM = 40
LIMIT = 1.3


def figure(name: str, registry: Registry) -> Figure:
    """Two cases go to and fro in turns, one by the engine and one by hand, so that noise falls on both.

    Each begins every other time: what a commit leaves to be done falls on the one after it.
    """
    publish(registry)
    ours, theirs = _begun(registry), _begun(registry)
    lines = _lines(registry, ours.id)
    engine_us, hand_us = [], []
    for number in range(STEPS):
        state = ("right", "left")[number % 2]
        turns = [
            (engine_us, partial(_advance, registry, ours.id, state)),
            (hand_us, partial(move, registry, Move(theirs.id, state, lines[state]))),
        ]
        for took, act in turns if number // 2 % 2 else reversed(turns):
            took.append(_timed(act))
    _check(registry, ours, theirs)
    engine, hand = statistics.median(engine_us[WARM:]), statistics.median(hand_us[WARM:])
    floor = f"the same rows by Core {hand:.0f} us, the engine {engine:.0f} us, {STEPS} of each in turns"
    return Figure("workflows", f"one step, {name}", engine / hand, "times by hand", LIMIT, floor=floor)


def _begun(registry: Registry) -> Case:
    with registry.work(ACTOR) as work:
        return usecases.start(work, "bench", Subject("thing", uuid4()), SCHOOL)


def _lines(registry: Registry, case_id: UUID) -> dict[str, int]:
    """The number of the first deadline of each state."""
    with registry.reading(SYSTEM) as work:
        definition = usecases.look(work, case_id).definition
    return {line.state: number for number, line in reversed(list(enumerate(definition.deadlines)))}


def _advance(registry: Registry, case_id: UUID, state: str) -> None:
    with registry.work(ACTOR) as work:
        usecases.advance(work, case_id, f"to-{state}")


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1e6


def _check(registry: Registry, *both: Case) -> None:
    """Hold that both wrote the same: as much history, as many promises, and a trail that verifies."""
    tend(registry.engine, registry.trail, registry.now())
    report = verify(registry.engine, registry.vault, registry.trail, present_states())
    assert report.status == 0, report.findings
    with registry.reading(SYSTEM) as work:
        for one in both:
            stands = usecases.look(work, one.id)
            written = select(func.count()).where(case_history.c.case_id == one.id)
            assert stands.case.revision == work.connection.scalar(written) == STEPS + 1
        told = select(promises.c.arguments).where(promises.c.job == TELL)
        subjects = [row.arguments["subject_id"] for row in work.connection.execute(told)]
    assert [subjects.count(str(one.subject.id)) for one in both] == [STEPS] * 2
