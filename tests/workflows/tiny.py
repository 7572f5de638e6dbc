"""Small definitions of the tests' own, and the names that they ask for."""

import re
from uuid import UUID, uuid4

from registry.jobs.names import job
from registry.trail.entries import Actor
from registry.work import Registry, Work
from registry.workflows import versions
from registry.workflows.cases import Case, Refused, Subject
from registry.workflows.names import NAMES

SCHOOL = UUID(int=17)
TUTOR = Actor("staff", UUID(int=1), "tiny-tutor", "password", SCHOOL)
DIRECTOR = Actor("staff", UUID(int=2), "tiny-director", "password", SCHOOL)
STRANGER = Actor("staff", UUID(int=3), "tiny-director", "password", UUID(int=18))
ROBOT = Actor("system", None, "system", "system")

called: list[tuple[str, UUID]] = []
shut: set[UUID] = set()
broken: set[UUID] = set()

NAMES.add_roles("tiny-tutor", "tiny-director")

TINY = """
id = "tiny"
version = 1
title = { ru = "Малый процесс" }
subject = "thing"
dates = ["term"]

[states.draft]
title = { ru = "Черновик" }
kind = "start"
assignee = "tiny-tutor"

[states.checked]
title = { ru = "Проверено" }
assignee = "tiny-director"

[states.sorting]
title = { ru = "Сортировка" }

[states.done]
title = { ru = "Готово" }
kind = "end"

[states.dropped]
title = { ru = "Брошено" }
kind = "end"

[transitions.check]
title = { ru = "Проверить" }
from = ["draft"]
to = "checked"
by = ["tiny-tutor"]
guards = ["tiny.open"]
effects = ["tiny.mark"]
jobs = ["tiny.tell"]

[transitions.sort]
title = { ru = "Разобрать" }
from = ["checked"]
to = "sorting"
by = ["tiny-director"]

[transitions.finish]
title = { ru = "Закончить" }
from = ["sorting"]
to = "done"
immediate = true
guards = ["tiny.open"]

[transitions.back]
title = { ru = "Вернуть" }
from = ["checked", "sorting"]
to = "draft"
by = ["tiny-director", "system"]

[transitions.drop]
title = { ru = "Бросить" }
from = ["draft", "checked", "sorting"]
to = "dropped"
by = ["tiny-director", "system"]
guards = ["tiny.open"]
effects = ["tiny.mark"]

[[deadlines]]
state = "draft"
after = "3 days"
remind = "tiny.tell"

[[deadlines]]
state = "draft"
after = "48 hours"
escalate = "tiny-director"

[[deadlines]]
state = "draft"
at = "term"
then = "drop"

[[deadlines]]
state = "checked"
after = "1 hour"
then = "back"
"""

IN_THREE = re.sub(
    r'\{ ru = "([^"]*)" \}',
    r'{ ru = "\1", en = "\1", bg = "\1" }',
    TINY.replace("version = 1\n", 'version = 1\nlanguages = ["ru", "en", "bg"]\n'),
)
"""The same with a title in every language of the pages, as a draft needs it."""


@NAMES.guard("tiny.open")
def is_open(_work: Work, case: Case) -> Refused | None:
    if case.subject.id in shut:
        return Refused("Закрыто на %(place)s.", {"place": "замок"}, code="tiny-shut")
    return None


@NAMES.effect("tiny.mark")
def mark(_work: Work, case: Case) -> None:
    called.append((case.state, case.subject.id))
    if case.subject.id in broken:
        message = "the effect broke"
        raise RuntimeError(message)


@job("tiny.tell")
def tell(_work: Work, case_id: str, subject_id: str) -> None:
    called.append((f"told {subject_id}", UUID(case_id)))


def publish_tiny(registry: Registry, text: str = TINY) -> None:
    with registry.work(ROBOT) as work:
        versions.publish(work, {"tiny.toml": text})


def thing() -> Subject:
    return Subject("thing", uuid4())
