"""What a machine plays: processes whose names of rooms give way to the model's own, in several versions."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.jobs.names import job, known_names
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from registry.workflows import versions
from registry.workflows.cases import Refused
from registry.workflows.definition import Definition, parse
from registry.workflows.names import NAMES, Guard
from tests.workflows.model.altering import altered
from tests.workflows.model.people import employ_all, place_of

OTHERS = 4
"""How many versions there are besides the one that is played, which is the newest."""
FIRST = 100
OWNED = re.compile(r'"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)"')
NUMBER = re.compile(r"^version\s*=\s*[0-9]+", re.MULTILINE)
ZONE = ZoneInfo("Asia/Yekaterinburg")

shut: set[str] = set()
births: dict[UUID, date] = {}


@dataclass
class Played:
    """The process that cases are begun of, those of its parts, and every version of them by its number."""

    registry: Registry
    main: str
    parts: tuple[str, ...]
    versions: dict[str, dict[int, Definition]] = field(default_factory=dict)

    @property
    def processes(self) -> tuple[str, ...]:
        return (self.main, *self.parts)

    def newest(self, process: str) -> Definition:
        return self.versions[process][FIRST + OTHERS]

    def guards(self) -> list[str]:
        held = [one for numbers in self.versions.values() for one in numbers.values()]
        return sorted({name for one in held for step in one.transitions for name in step.guards})


def played(text: str) -> str:
    """A definition with names of the model's own instead of those of its room."""
    text = OWNED.sub(r'"model.\1_\2"', text)
    text = re.sub(r'(process\s*=\s*)"', r'\1"played-', text)
    return re.sub(r'^(id|subject)(\s*=\s*)"', r'\1\2"played-', text, flags=re.MULTILINE)


def parsed(text: str) -> Definition:
    definition, findings = parse(text)
    assert definition is not None, findings
    return definition


def prepare(registry: Registry, text: str, parts: Collection[str]) -> Played:
    """Employ people, and publish a process and its parts: altered ones first, then as they are."""
    texts = {parsed(one).id: one for one in (text, *parts)}
    definitions = {name: parsed(one) for name, one in texts.items()}
    for one in definitions.values():
        own_names(one)
    NAMES.find_places_with(place_of)
    NAMES.find_zones_with(lambda _work, _school: ZONE)
    main, *others = definitions
    held = Played(registry, main, tuple(others), {name: {} for name in definitions})
    waits = [step.waits_for for one in definitions.values() for step in one.transitions if step.waits_for]
    with registry.work(SYSTEM) as work:
        employ_all(work)
        for number in range(FIRST, FIRST + OTHERS + 1):
            changed = dict(texts)
            if number < FIRST + OTHERS:
                for name, one in texts.items():
                    kept = frozenset(state for wait in waits if wait.process == name for state in wait.states)
                    changed[name] = altered(one, number, NAMES.known(), kept)
            changed = {name: NUMBER.sub(f"version = {number}", one) for name, one in changed.items()}
            for one in versions.publish(work, {f"{name}.toml": one for name, one in changed.items()}):
                held.versions[one.id][number] = replace(one, version=number)
    return held


def own_names(definition: Definition) -> None:
    for step in definition.transitions:
        for name in step.guards:
            NAMES.guards.setdefault(name, guard_named(name))
        for name in step.effects:
            NAMES.effects.setdefault(name, lambda _work, _case: None)
        for name in step.jobs:
            own_job(name)
    for line in definition.deadlines:
        own_job(line.remind)
    NAMES.births.setdefault(definition.subject, known_births)


def own_job(name: str | None) -> None:
    if name is not None and name not in known_names():
        job(name)(lambda _work, **_ids: None)


def guard_named(name: str) -> Guard:
    return lambda _work, _case: Refused("Закрыто.", code="shut") if name in shut else None


def known_births(_work: Work, ids: Collection[UUID]) -> Mapping[UUID, date]:
    return {one: births[one] for one in ids if one in births}
