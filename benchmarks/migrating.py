"""The figure of moving a large set of cases to another version, on PostgreSQL."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Uuid, cast, func, insert, literal, select

from benchmarks.figure import Figure
from registry.config import load_settings
from registry.storage.every_table import import_tables
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.storage.schema import metadata
from registry.trail.entries import SYSTEM
from registry.trail.keys import TrailKeys
from registry.work import Registry
from registry.workflows import versions
from registry.workflows.definition import parse
from registry.workflows.migrating import usecases
from registry.workflows.migrating.usecases import Asked
from registry.workflows.models.tables import cases
from tests.servers import running_postgres

CASES = 100_000
LIMIT_S = 20.0
TEXT = """
id = "moved"
version = 1
title = { ru = "Измерение" }
subject = "thing"
[states.left]
title = { ru = "Слева" }
kind = "start"
assignee = "operator"
[states.right]
title = { ru = "Справа" }
assignee = "operator"
[states.done]
title = { ru = "Готово" }
kind = "end"
[transitions.there]
title = { ru = "Туда" }
from = ["left"]
to = "right"
by = ["operator"]
[transitions.finish]
title = { ru = "Закончить" }
from = ["left", "right"]
to = "done"
by = ["operator", "system"]
[[deadlines]]
state = "left"
after = "30 days"
then = "finish"
[[deadlines]]
state = "right"
after = "60 days"
then = "finish"
"""
NEXT = TEXT.replace("version = 1", "version = 2").replace("30 days", "45 days")


def figures() -> Iterator[Figure]:
    """Move 100,000 cases: half of them keep their deadline, that of the other half is counted anew."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        server = stack.enter_context(running_postgres())
        server.execute("CREATE DATABASE bench")
        registry = _registry(home, server.url("bench"))
        stack.callback(registry.engine.dispose)
        _fill(registry)
        begun = time.perf_counter()
        with registry.work(SYSTEM) as work:
            moved = usecases.migrate(work, Asked("moved", 1, 2, {})).moved
        took = time.perf_counter() - begun
        assert moved == CASES
        yield Figure("migrating", f"{CASES:,} cases to a new version, postgresql", took, "s", LIMIT_S)


def _registry(home: Path, url: str) -> Registry:
    settings = load_settings({"REGISTRY_HOME": str(home), "REGISTRY_DATABASE_URL": url})
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    registry = Registry.open(settings)
    import_tables()
    upgrade(registry.engine)
    metadata.create_all(registry.engine)
    for text in (TEXT, NEXT):
        with registry.work(SYSTEM) as work:
            versions.publish(work, {"moved.toml": text})
    return registry


def _fill(registry: Registry) -> None:
    """Write cases as the engine would have left them: one in two stands left, the others right."""
    definition, _ = parse(TEXT)
    assert definition is not None
    with registry.work(SYSTEM) as work:
        number = func.generate_series(1, CASES // 2).table_valued("number")
        for line, state in enumerate(("left", "right")):
            row = {
                "id": cast(func.gen_random_uuid(), Uuid),
                "definition_id": definition.id,
                "version": 1,
                "state": state,
                "revision": 1,
                "subject_kind": definition.subject,
                "subject_id": cast(func.gen_random_uuid(), Uuid),
                "assignee_role": "operator",
                "dates": {},
                "entered_at": work.now,
                "due_at": work.now + timedelta(days=30),
                "due_line": line,
                "started_at": work.now,
            }
            chosen = [
                value if hasattr(value, "label") else literal(value, cases.c[name].type)
                for name, value in row.items()
            ]
            work.connection.execute(insert(cases).from_select(list(row), select(*chosen).select_from(number)))
