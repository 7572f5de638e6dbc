"""What the deadlines of a definition must hold: a time, a consequence, and that they can come to pass."""

from collections.abc import Iterator

from registry.errors import N_
from registry.workflows.definition.findings import Finding, unknown_state
from registry.workflows.definition.shape import SYSTEM, Deadline, Definition, StateKind, Unit


def faults_of_deadlines(definition: Definition) -> Iterator[Finding]:
    """Look at every deadline by itself, and at those that another one of their state keeps from passing."""
    kinds = {state.id: state.kind for state in definition.states}
    for number, line in enumerate(definition.deadlines):
        key = f"deadlines[{number}]"
        if line.state not in kinds:
            yield unknown_state(f"{key}.state", line.state)
        elif kinds[line.state] is StateKind.END:
            yield Finding(f"{key}.state", N_("в конце «%(state)s» ждать нечего"), {"state": line.state})
        yield from _times(definition, line, key)
        yield from _repeats(line, key)
        yield from _consequence(definition, line, key)
        yield from _too_late(definition, line, key)


def _times(definition: Definition, line: Deadline, key: str) -> Iterator[Finding]:
    if [line.after, line.at, line.birthday].count(None) != 2:  # noqa: PLR2004 - one of the three is set
        yield Finding(
            key, N_("нужно одно из трёх: after (срок), at (дата дела) или birthday (сколько исполнится лет)")
        )
    if line.before is not None and line.after is not None:
        yield Finding(f"{key}.before", N_("before бывает только вместе с at или birthday"))
    if line.at is not None and line.at not in definition.dates:
        yield Finding(f"{key}.at", N_("даты «%(date)s» нет в dates"), {"date": line.at})
    if line.birthday is not None and Unit.HOURS in {span.unit for span in line.spans}:
        yield Finding(f"{key}.birthday", N_("вокруг дня рождения считают днями, а не часами"))


def _repeats(line: Deadline, key: str) -> Iterator[Finding]:
    if (line.every is None) != (line.most is None):
        yield Finding(key, N_("every (как часто) и most (сколько всего раз) бывают только вместе"))
    if line.every is not None and line.then is not None:
        yield Finding(f"{key}.every", N_("шаг делается один раз: every бывает с remind и escalate без then"))


def _consequence(definition: Definition, line: Deadline, key: str) -> Iterator[Finding]:
    if line.then is None and line.escalate is None and line.remind is None:
        yield Finding(key, N_("не сказано, что делать: then (шаг), escalate (роль) или remind (задание)"))
    if line.then is None:
        return
    step = definition.transition(line.then)
    if step is None or line.state not in step.sources:
        yield Finding(
            f"{key}.then",
            N_("шага «%(step)s» из состояния «%(state)s» нет"),
            {"step": line.then, "state": line.state},
        )
    elif SYSTEM not in step.by:
        yield Finding(f"{key}.then", N_("шаг по сроку делает система: добавьте system в by этого шага"))
    elif line.escalate is not None:
        yield Finding(f"{key}.escalate", N_("после шага дело ждёт там, куда он ведёт: уберите escalate"))


def _too_late(definition: Definition, line: Deadline, key: str) -> Iterator[Finding]:
    """Find a deadline that never passes: a step without conditions always takes the case away before it."""
    for _, other in definition.deadlines_of(line.state):
        if other is line or other.after is None or line.after is None or other.then is None:
            continue
        step = definition.transition(other.then)
        sure = step is not None and not step.guards and step.waits_for is None
        if sure and other.after.unit is line.after.unit and other.after.count < line.after.count:
            yield Finding(
                f"{key}.after",
                N_("срок не наступит: раньше дело уйдёт шагом «%(step)s»"),
                {"step": other.then},
            )
