"""The parts of a definition as frozen values, and the digest that names exactly one of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256

SYSTEM = "system"


class StateKind(StrEnum):
    """What a state is in the run of a case."""

    START = "start"
    STEP = "step"
    END = "end"


class Unit(StrEnum):
    """What a deadline is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: a count of hours, or of calendar or working days that each end at midnight."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand, and the role whose task it then is."""

    id: str
    title: Mapping[str, str]
    kind: StateKind
    assignee: str | None


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """What a step waits for: sub-cases of a process, at least one, all of them in one of these states."""

    process: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal step; an immediate one is taken by the engine as soon as its guards let it."""

    id: str
    title: Mapping[str, str]
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    guards: tuple[str, ...]
    effects: tuple[str, ...]
    jobs: tuple[str, ...]
    immediate: bool
    waits_for: WaitsFor | None = None

    @property
    def certain(self) -> bool:
        """Whether the engine always takes it as soon as a case stands where it begins."""
        return self.immediate and not self.guards and self.waits_for is None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What happens when a case stands in a state for too long, or past a day of its own.

    Exactly one of `after` (since the state was entered), `at` (the name of a date of the case) and `birthday`
    (so many years after the subject's birth) is set; `before` goes with the latter two. `then` names a
    transition, `escalate` a role, `remind` a job; the latter two may come again `every` so long, `most` times
    in all.
    """

    state: str
    after: Span | None
    at: str | None
    before: Span | None
    then: str | None
    escalate: str | None
    remind: str | None
    birthday: int | None = None
    every: Span | None = None
    most: int | None = None

    @property
    def binding(self) -> bool:
        """Whether a case is late when it passes: no reminder, nothing ahead of a day, nobody's birthday."""
        acts = self.escalate is not None or self.then is not None
        return acts and self.before is None and self.birthday is None

    @property
    def turns(self) -> int:
        """How many times it passes."""
        return self.most or 1

    @property
    def spans(self) -> tuple[Span, ...]:
        """The lengths of time that it counts with."""
        return tuple(span for span in (self.after, self.before, self.every) if span is not None)


@dataclass(frozen=True, slots=True)
class Definition:
    """A checked workflow: a table that a reader can print; order is the order of the file."""

    id: str
    version: int
    title: Mapping[str, str]
    languages: tuple[str, ...]
    subject: str
    dates: tuple[str, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    deadlines: tuple[Deadline, ...]
    calendar: str | None = None

    @property
    def start(self) -> State:
        """The one state in which every case begins."""
        return next(state for state in self.states if state.kind is StateKind.START)

    def state(self, name: str) -> State:
        """The state of this name; KeyError when there is none."""
        for state in self.states:
            if state.id == name:
                return state
        raise KeyError(name)

    def transition(self, name: str) -> Transition | None:
        """The transition of this name, if the definition has it."""
        return next((step for step in self.transitions if step.id == name), None)

    def ways_out(self, state: str) -> tuple[Transition, ...]:
        """The transitions that leave a state, in the file's order."""
        return tuple(step for step in self.transitions if state in step.sources)

    def deadlines_of(self, state: str) -> tuple[tuple[int, Deadline], ...]:
        """The deadlines of a state, each with its number in the whole definition."""
        return tuple((number, line) for number, line in enumerate(self.deadlines) if line.state == state)


_CAME_LATER = {
    "": ("calendar",),
    "transitions": ("waits_for",),
    "deadlines": ("birthday", "every", "most"),
}
"""Keys that older definitions do not know: where they say nothing, the digest is as it was before them."""


def digest(definition: Definition) -> str:
    """SHA-256 (64 hexadecimal digits) of the canonical form: comments and layout do not count."""
    plain = asdict(definition)
    for key, later in _CAME_LATER.items():
        for part in plain[key] if key else [plain]:
            _forget(part, later)
    written = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def _forget(part: dict[str, object], keys: tuple[str, ...]) -> None:
    for key in keys:
        if part[key] is None:
            del part[key]
