"""The engine's figures: one durable step against SQL by hand that writes the same rows."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert, select, update

from benchmarks.figure import Figure
from registry.config import load_settings
from registry.jobs.names import job
from registry.storage.every_table import import_tables
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.storage.schema import Json, metadata
from registry.trail.entries import Actor, Entry, EntryType, ObjectRef
from registry.trail.keys import TrailKeys
from registry.work import Registry, Work
from registry.workflows import usecases, versions
from registry.workflows.cases import Subject
from registry.workflows.models.tables import case_history, cases
from registry.workflows.names import NAMES
from tests.servers import running_postgres

STEPS = 300
LIMIT = 1.3
SCHOOL = UUID(int=17)
ACTOR = Actor("staff", UUID(int=1), "bench-tutor", "password", SCHOOL)
TEXT = """
id = "bench"
version = 1
title = { ru = "Измерение" }
subject = "thing"
[states.left]
title = { ru = "Слева" }
kind = "start"
assignee = "bench-tutor"
[states.right]
title = { ru = "Справа" }
assignee = "bench-tutor"
[states.done]
title = { ru = "Готово" }
kind = "end"
[transitions.there]
title = { ru = "Туда" }
from = ["left"]
to = "right"
by = ["bench-tutor"]
guards = ["bench.passes"]
jobs = ["bench.tell"]
[transitions.back]
title = { ru = "Обратно" }
from = ["right"]
to = "left"
by = ["bench-tutor"]
guards = ["bench.passes"]
jobs = ["bench.tell"]
[transitions.finish]
title = { ru = "Закончить" }
from = ["left", "right"]
to = "done"
by = ["bench-tutor", "system"]
[[deadlines]]
state = "left"
after = "48 hours"
then = "finish"
[[deadlines]]
state = "right"
after = "48 hours"
then = "finish"
"""

_read = select(cases).where(cases.c.id == bindparam("one"))
_write = (
    update(cases)
    .where(cases.c.id == bindparam("one"), cases.c.revision == bindparam("seen"))
    .values(
        state=bindparam("state"),
        revision=bindparam("revision"),
        assignee_role="bench-tutor",
        assignee_person=None,
        entered_at=bindparam("entered_at"),
        due_at=bindparam("due_at"),
        due_line=0,
        closed_at=None,
    )
)


def figures() -> Iterator[Figure]:
    """Measure a step on SQLite and on PostgreSQL."""
    _own_names()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        server = stack.enter_context(running_postgres())
        server.execute("CREATE DATABASE bench")
        urls = {"sqlite": f"sqlite:///{home / 'bench.sqlite3'}", "postgresql": server.url("bench")}
        for name, url in urls.items():
            registry = _registry(home / name, url)
            yield _step_figure(name, registry)
            registry.engine.dispose()


def _own_names() -> None:
    NAMES.add_roles("bench-tutor")
    NAMES.guard("bench.passes")(lambda _work, _case: None)
    job("bench.tell")(lambda _work, **_ids: None)


def _registry(home: Path, url: str) -> Registry:
    settings = load_settings({"REGISTRY_HOME": str(home), "REGISTRY_DATABASE_URL": url})
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    registry = Registry.open(settings)
    import_tables()
    upgrade(registry.engine)
    metadata.create_all(registry.engine)
    with registry.work(ACTOR) as work:
        versions.publish(work, {"bench.toml": TEXT})
    return registry


def _step_figure(name: str, registry: Registry) -> Figure:
    """Two cases go to and fro in turns, one by the engine and one by hand, so that noise falls on both."""
    with registry.work(ACTOR) as work:
        ours, theirs = (usecases.start(work, "bench", Subject("thing", uuid4()), SCHOOL) for _ in range(2))
    engine_us, hand_us = [], []
    for number in range(STEPS):
        step = ("there", "back")[number % 2]
        engine_us.append(_timed(registry, lambda work, step=step: usecases.advance(work, ours.id, step)))
        hand_us.append(_timed(registry, lambda work, step=step: _by_hand(work, theirs.id, step)))
    warm = STEPS // 10
    engine, hand = statistics.median(engine_us[warm:]), statistics.median(hand_us[warm:])
    floor = f"SQL by hand {hand:.0f} us, the engine {engine:.0f} us"
    return Figure("workflows", f"one step, {name}", engine / hand, "times by hand", LIMIT, floor=floor)


def _timed(registry: Registry, act: Callable[[Work], object]) -> float:
    begun = time.perf_counter()
    with registry.work(ACTOR) as work:
        act(work)
    return (time.perf_counter() - begun) * 1e6


def _by_hand(work: Work, case_id: UUID, step: str) -> None:
    row = work.connection.execute(_read, {"one": case_id}).one()
    state = "right" if step == "there" else "left"
    new = {
        "one": case_id,
        "seen": row.revision,
        "state": state,
        "revision": row.revision + 1,
        "entered_at": work.now,
        "due_at": work.now + timedelta(hours=48),
    }
    assert work.connection.execute(_write, new).rowcount == 1
    line = {
        "case_id": case_id,
        "school_id": row.school_id,
        "number": row.revision + 1,
        "kind": "moved",
        "source": row.state,
        "target": state,
        "transition": step,
        "actor_kind": work.actor.kind,
        "actor_id": work.actor.id,
        "actor_role": work.actor.role,
        "at": work.now,
    }
    work.connection.execute(insert(case_history), line)
    facts: dict[str, Json] = {"state": state, "revision": row.revision + 1, "subject": str(row.subject_id)}
    about = ObjectRef("case", case_id, row.revision + 1)
    work.record(Entry(EntryType.CASE_MOVED, about, facts, row.school_id))
    work.later("bench.tell", case_id=str(case_id), subject_id=str(row.subject_id))
