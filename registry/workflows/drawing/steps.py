"""The drawing in words: each state with its ways out and its deadlines, in the file's order."""

from dataclasses import dataclass

from registry.workflows.definition import Deadline, Definition, StateKind, Transition, WaitsFor


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a state; `by` and `guards` are names, which a page turns into words."""

    id: str
    title: str
    target: str
    by: tuple[str, ...]
    guards: tuple[str, ...]
    immediate: bool
    waits_for: WaitsFor | None


@dataclass(frozen=True, slots=True)
class Place:
    """A state and what can happen there."""

    id: str
    title: str
    kind: StateKind
    assignee: str | None
    ways: tuple[Way, ...]
    deadlines: tuple[Deadline, ...]


def steps(definition: Definition, language: str) -> tuple[Place, ...]:
    """The whole definition as a list; Russian where the definition has no text in the language."""
    return tuple(
        Place(
            id=state.id,
            title=state.title.get(language, state.title["ru"]),
            kind=state.kind,
            assignee=state.assignee,
            ways=tuple(_way(definition, way, language) for way in definition.ways_out(state.id)),
            deadlines=tuple(line for _, line in definition.deadlines_of(state.id)),
        )
        for state in definition.states
    )


def _way(definition: Definition, way: Transition, language: str) -> Way:
    target = definition.state(way.target).title
    return Way(
        id=way.id,
        title=way.title.get(language, way.title["ru"]),
        target=target.get(language, target["ru"]),
        by=way.by,
        guards=way.guards,
        immediate=way.immediate,
        waits_for=way.waits_for,
    )
