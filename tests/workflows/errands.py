"""A process of the tests' own whose steps wait for real roles, and a school's staff who have them."""

from datetime import timedelta
from uuid import UUID, uuid4

from registry.jobs.names import job
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from registry.workflows import usecases, versions
from registry.workflows.cases import Case, Subject
from registry.workflows.starting import start

ERRAND = """
id = "errand"
version = 1
title = { ru = "Поручение" }
subject = "submission"
dates = ["term"]

[states.asked]
title = { ru = "Проверить список" }
kind = "start"
assignee = "tutor"

[states.checked]
title = { ru = "Посмотреть результат" }
assignee = "director"

[states.done]
title = { ru = "Сделано" }
kind = "end"

[transitions.check]
title = { ru = "Проверено" }
from = ["asked"]
to = "checked"
by = ["tutor", "system"]

[transitions.finish]
title = { ru = "Закончить" }
from = ["asked", "checked"]
to = "done"
by = ["director", "system"]

[[deadlines]]
state = "asked"
at = "term"
escalate = "director"

[[deadlines]]
state = "asked"
after = "1 hour"
remind = "errands.remind"
"""


@job("errands.remind")
def remind(work: Work, case_id: str, subject_id: str) -> None:
    """Nobody is reminded: only that the deadline has a job."""


def publish(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        versions.publish(work, {"errand.toml": ERRAND})


def errand(
    registry: Registry,
    school: UUID | None,
    days: int | None = None,
    class_id: UUID | None = None,
    parent: UUID | None = None,
) -> Case:
    """Begin a case that is due in so many days, or was so many days ago."""
    with registry.work(SYSTEM) as work:
        subject = Subject("submission", uuid4(), class_id)
        dates = {} if days is None else {"term": work.today + timedelta(days=days)}
        return start(work, "errand", subject, school, dates=dates, parent=parent)


def advance(registry: Registry, case: Case, step: str) -> Case:
    with registry.work(SYSTEM) as work:
        return usecases.advance(work, case.id, step)


def now_of(registry: Registry, case: Case) -> Case:
    with registry.reading(SYSTEM) as work:
        return usecases.look(work, case.id).case
