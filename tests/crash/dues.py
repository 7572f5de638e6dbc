"""Cases with deadlines of the tests' own, and the processes that see to them."""

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import update

from registry.config import load_settings
from registry.jobs.names import job
from registry.jobs.worker import Worker
from registry.storage.queries import among
from registry.trail.entries import SYSTEM, Entry, EntryType, ObjectRef
from registry.work import Registry, Work
from registry.workflows import clock, usecases, versions
from registry.workflows.cases import Case, Subject
from registry.workflows.models.tables import cases
from registry.workflows.names import NAMES

SCHOOL = UUID(int=17)
LATER = timedelta(days=30)
TEXTS = {
    "asked.toml": """
id = "asked"
version = 1
title = { ru = "С напоминанием" }
subject = "thing"
[states.asked]
title = { ru = "Ждём" }
kind = "start"
assignee = "dues-tutor"
[states.answered]
title = { ru = "Ответили" }
kind = "end"
[transitions.answer]
title = { ru = "Ответить" }
from = ["asked"]
to = "answered"
by = ["dues-tutor"]
[[deadlines]]
state = "asked"
after = "48 hours"
remind = "dues.tell"
escalate = "dues-director"
""",
    "kept.toml": """
id = "kept"
version = 1
title = { ru = "С шагом по сроку" }
subject = "thing"
[states.kept]
title = { ru = "Храним" }
kind = "start"
assignee = "dues-tutor"
[states.gone]
title = { ru = "Прошло" }
kind = "end"
[transitions.drop]
title = { ru = "Закончить" }
from = ["kept"]
to = "gone"
by = ["system"]
guards = ["dues.open"]
effects = ["dues.mark"]
jobs = ["dues.tell"]
[[deadlines]]
state = "kept"
after = "48 hours"
then = "drop"
""",
}

NAMES.add_roles("dues-tutor", "dues-director")
NAMES.guard("dues.open")(lambda _work, _case: None)


@NAMES.effect("dues.mark")
def mark(work: Work, case: Case) -> None:
    """Write an entry about the subject of a case."""
    _note(work, case.subject.id)


@job("dues.tell")
def tell(work: Work, case_id: str, subject_id: str) -> None:
    """Write an entry about a case."""
    del subject_id
    _note(work, UUID(case_id))


def _note(work: Work, thing: UUID) -> None:
    work.record(Entry(EntryType.INSTALLATION_STARTED, ObjectRef("thing", thing, 1), None, None))


def begin(registry: Registry, many: int) -> list[Case]:
    """Begin cases of both definitions in turns; none is due."""
    kinds = ("asked", "kept")
    with registry.work(SYSTEM) as work:
        versions.publish(work, TEXTS)
        begun = [
            usecases.start(work, kinds[number % 2], Subject("thing", uuid4()), SCHOOL)
            for number in range(many)
        ]
    with registry.engine.begin() as connection:
        connection.execute(update(cases).values(due_at=begun[0].entered_at + LATER))
    return begun


def make_due(registry: Registry, some: Sequence[Case]) -> None:
    """Let the deadlines of some cases have passed."""
    with registry.engine.begin() as connection:
        entered = some[0].entered_at - timedelta(hours=49)
        passed = {"entered_at": entered, "due_at": entered + timedelta(hours=48)}
        chosen = among(connection, cases.c.id, [one.id for one in some])
        connection.execute(update(cases).where(chosen).values(passed))


def follow_for_ever(environ: dict[str, str], alive: Path) -> None:
    registry = _opened(environ, alive)
    while True:
        clock.follow_clock(registry)
        time.sleep(0.002)


def work_for_ever(environ: dict[str, str], alive: Path) -> None:
    """The worker: it follows the clock in a thread of its own, besides keeping promises."""
    Worker(_opened(environ, alive)).run()


def _opened(environ: dict[str, str], alive: Path) -> Registry:
    registry = Registry.open(load_settings(environ))
    with alive.open("a") as file:
        file.write("+")
    return registry
