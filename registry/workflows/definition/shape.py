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


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: a count of hours, or of calendar days that each end at midnight."""

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


@dataclass(frozen=True, slots=True)
class Deadline:
    """What happens when a case stands in a state for too long, or past a date of its own.

    Exactly one of `after` (since the state was entered) and `at` (the name of a date of the case) is
    set; `before` goes with `at` only. `then` names a transition, `escalate` a role, `remind` a job.
    """

    state: str
    after: Span | None
    at: str | None
    before: Span | None
    then: str | None
    escalate: str | None
    remind: str | None


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


def digest(definition: Definition) -> str:
    """SHA-256 (64 hexadecimal digits) of the canonical form: comments and layout do not count."""
    plain = json.dumps(asdict(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()
