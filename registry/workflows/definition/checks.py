"""What a definition must hold before any case may run on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.errors import N_
from registry.workflows.definition.findings import Finding, unknown_state
from registry.workflows.definition.graph import reached, turning
from registry.workflows.definition.shape import Definition, StateKind, Transition, WaitsFor
from registry.workflows.definition.times import faults_of_deadlines


@dataclass(frozen=True, slots=True)
class Known:
    """The names that rooms own; what is not here cannot be asked for by a definition.

    Attributes:
        births: kinds of subjects whose birth dates somebody knows.
        calendars: production calendars by name.
        processes: the states of every process that sub-cases may be of; None: they are not looked at.
    """

    guards: frozenset[str]
    effects: frozenset[str]
    jobs: frozenset[str]
    roles: frozenset[str]
    births: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    processes: Mapping[str, frozenset[str]] | None = None


def examine(definition: Definition, known: Known) -> tuple[Finding, ...]:
    """Check the graph, then what hangs on it, then the names; an empty answer means fit to run.

    A later group is looked at only when the ones before hold, so that one fault gives one finding.
    """
    groups = (
        _ends(definition),
        _transitions(definition),
        _paths(definition),
        faults_of_deadlines(definition),
    )
    for group in groups:
        findings = tuple(group)
        if findings:
            return findings
    return tuple(_names(definition, known))


def _ends(definition: Definition) -> Iterator[Finding]:
    kinds = [state.kind for state in definition.states]
    starts = kinds.count(StateKind.START)
    if starts != 1:
        yield Finding(
            "states", N_("нужно ровно одно начало (kind = start), а их %(count)s"), {"count": starts}
        )
    if StateKind.END not in kinds:
        yield Finding("states", N_("нужен хотя бы один конец (kind = end)"))


def _transitions(definition: Definition) -> Iterator[Finding]:
    kinds = {state.id: state.kind for state in definition.states}
    for step in definition.transitions:
        yield from _sources(step, kinds)
        if step.target not in kinds:
            yield unknown_state(f"transitions.{step.id}.to", step.target)
        if not step.by and not step.immediate:
            yield Finding(f"transitions.{step.id}.by", N_("не сказано, кто может сделать этот шаг"))
        if step.by and step.immediate:
            yield Finding(f"transitions.{step.id}.by", N_("немедленный шаг делает сама система: уберите by"))


def _sources(step: Transition, kinds: Mapping[str, StateKind]) -> Iterator[Finding]:
    key = f"transitions.{step.id}.from"
    for source in step.sources:
        if source not in kinds:
            yield unknown_state(key, source)
        elif kinds[source] is StateKind.END:
            yield Finding(key, N_("из конца «%(state)s» выхода нет"), {"state": source})


def _paths(definition: Definition) -> Iterator[Finding]:
    forth = _edges(definition.transitions)
    alive = reached(forth, {definition.start.id})
    ends = {state.id for state in definition.states if state.kind is StateKind.END}
    saved = reached([(target, source) for source, target in forth], ends)
    for state in definition.states:
        if state.id not in alive:
            yield Finding(f"states.{state.id}", N_("в это состояние нельзя попасть из начала"))
        if state.id not in saved:
            yield Finding(f"states.{state.id}", N_("ловушка: отсюда нельзя дойти ни до одного конца"))
    yield from _immediate(definition)


def _immediate(definition: Definition) -> Iterator[Finding]:
    at_once = [step for step in definition.transitions if step.immediate]
    for name in turning(_edges(at_once)):
        yield Finding(f"states.{name}", N_("немедленные шаги ходят по кругу через это состояние"))
    for state in definition.states:
        ways = definition.ways_out(state.id)
        certain = [step for step in ways if step.certain]
        if certain and _kept_waiting(ways, certain[0]):
            yield Finding(
                f"transitions.{certain[0].id}.immediate",
                N_("этот шаг без условий делается всегда первым, другие шаги из «%(state)s» невозможны"),
                {"state": state.id},
            )


def _kept_waiting(ways: tuple[Transition, ...], certain: Transition) -> bool:
    """Whether some way out can never be taken, because the certain one is always taken before it."""
    asked_before = ways[: ways.index(certain)]
    return any(step is not certain and not (step.immediate and step in asked_before) for step in ways)


def _edges(transitions: Iterable[Transition]) -> list[tuple[str, str]]:
    return [(source, step.target) for step in transitions for source in step.sources]


def _names(definition: Definition, known: Known) -> Iterator[Finding]:
    for kind, key, name in _wanted(definition):
        if name not in getattr(known, kind):
            yield Finding(key, N_("имени «%(name)s» нет ни у одной комнаты"), {"name": name})
    yield from _births(definition, known)
    if definition.calendar is not None and definition.calendar not in known.calendars:
        known_ones = ", ".join(sorted(known.calendars))
        yield Finding("calendar", N_("такого календаря нет; есть: %(known)s"), {"known": known_ones})
    yield from _sub_cases(definition, known)


def _births(definition: Definition, known: Known) -> Iterator[Finding]:
    for number, line in enumerate(definition.deadlines):
        if line.birthday is not None and definition.subject not in known.births:
            yield Finding(
                f"deadlines[{number}].birthday",
                N_("у предмета «%(subject)s» нет дня рождения"),
                {"subject": definition.subject},
            )


def _sub_cases(definition: Definition, known: Known) -> Iterator[Finding]:
    for step in definition.transitions:
        if step.waits_for is not None and known.processes is not None:
            key = f"transitions.{step.id}.waits_for"
            yield from _parts(key, step.waits_for, known.processes)


def _parts(key: str, waits_for: WaitsFor, processes: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    states = processes.get(waits_for.process)
    if states is None:
        yield Finding(f"{key}.process", N_("процесса «%(process)s» нет"), {"process": waits_for.process})
        return
    for state in waits_for.states:
        if state not in states:
            yield unknown_state(f"{key}.in", state)


def _wanted(definition: Definition) -> Iterator[tuple[str, str, str]]:
    """Each name that the definition asks for: which kind of name, at which key."""
    for state in definition.states:
        yield from _given("roles", f"states.{state.id}.assignee", state.assignee)
    for step in definition.transitions:
        key = f"transitions.{step.id}"
        yield from _given("roles", f"{key}.by", *step.by)
        yield from _given("guards", f"{key}.guards", *step.guards)
        yield from _given("effects", f"{key}.effects", *step.effects)
        yield from _given("jobs", f"{key}.jobs", *step.jobs)
    for number, line in enumerate(definition.deadlines):
        yield from _given("roles", f"deadlines[{number}].escalate", line.escalate)
        yield from _given("jobs", f"deadlines[{number}].remind", line.remind)


def _given(kind: str, key: str, *names: str | None) -> Iterator[tuple[str, str, str]]:
    yield from ((kind, key, name) for name in names if name is not None)
