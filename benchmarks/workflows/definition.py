"""The process that is measured, and the names that it asks for."""

from collections.abc import Iterable
from uuid import UUID

from registry.jobs.names import job, known_names
from registry.trail.entries import Actor
from registry.work import Registry
from registry.workflows import versions
from registry.workflows.names import NAMES

ID = "bench"
TELL = "bench.tell"
TUTOR, DIRECTOR = "bench-tutor", "bench-director"
SCHOOL = UUID(int=17)
ACTOR = Actor("staff", UUID(int=1), TUTOR, "password", SCHOOL)
WAITING = ("left", "right", "asked", "checked", "stopped", "sent")
"""States in which a case can stand for long."""

_TITLE = 'title = {{ ru = "{0}" }}'
_STATE = """
[states.{0}]
{1}
kind = "{3}"
assignee = "bench-tutor"
[[deadlines]]
state = "{0}"
after = "48 hours"
remind = "bench.tell"
escalate = "bench-director"
[[deadlines]]
state = "{0}"
after = "96 hours"
then = "finish"
[transitions.to-{0}]
{1}
from = [{2}]
to = "{0}"
by = ["bench-tutor"]
guards = ["bench.passes"]
jobs = ["bench.tell"]
"""
_WHOLE = """
id = "bench"
version = 1
{0}
subject = "thing"
[states.done]
{0}
kind = "end"
{1}
[transitions.finish]
{0}
from = [{2}]
to = "done"
by = ["bench-tutor", "system"]
guards = ["bench.passes"]
jobs = ["bench.tell"]
"""


def publish(registry: Registry) -> None:
    """Own the names of the process, and publish it."""
    if TELL not in known_names():
        NAMES.add_roles(TUTOR, DIRECTOR)
        NAMES.guard("bench.passes")(lambda _work, _case: None)
        job(TELL)(lambda _work, **_ids: None)
    with registry.work(ACTOR) as work:
        versions.publish(work, {"bench.toml": text()})


def text() -> str:
    """Write the definition: from each state of waiting to each other, and from each to the end."""
    title = _TITLE.format("Измерение")
    states = "".join(
        _STATE.format(name, title, _listed(set(WAITING) - {name}), "step" if number else "start")
        for number, name in enumerate(WAITING)
    )
    return _WHOLE.format(title, states, _listed(WAITING))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
