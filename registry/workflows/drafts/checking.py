"""A draft's text held against the definition that is in force: what keeps it from being published."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from registry.errors import N_
from registry.workflows.definition import Checked, Definition, Finding, Known, StateKind, check
from registry.workflows.definition.findings import line_of
from registry.workflows.definition.graph import reached
from registry.workflows.definition.parse import LANGUAGES


def check_draft(text: str, present: Definition, known: Known, others: Collection[Definition]) -> Checked:
    """Check a text as every definition is checked, and that it still is the process that others count on.

    Args:
        text: of the draft.
        present: the version in force.
        known: what the rooms own.
        others: the definitions in force, which may wait for each other.
    """
    processes = {one.id: frozenset(state.id for state in one.states) for one in others}
    checked = check(text, replace(known, processes=processes))
    if checked.definition is None:
        return checked
    definition = checked.definition
    found = [*_strange(definition, present), *_unspoken(definition), *_missed(definition, others)]
    strange = [replace(one, line=line_of(text, one.key)) for one in found]
    return Checked(checked.definition, (*checked.findings, *strange))


def drawable(definition: Definition) -> bool:
    """Whether a definition, sound or not, has a drawing: one start, and every arrow leads somewhere."""
    names = {state.id for state in definition.states}
    edges = [(source, step.target) for step in definition.transitions for source in step.sources]
    starts = [state.id for state in definition.states if state.kind is StateKind.START]
    known = {one for edge in edges for one in edge} <= names
    return len(starts) == 1 and known and reached(edges, {*starts}) == names


def _strange(changed: Definition, present: Definition) -> Iterator[Finding]:
    if changed.id != present.id:
        yield Finding("id", N_("это черновик процесса «%(id)s»: оставьте его имя"), {"id": present.id})
    if changed.subject != present.subject:
        yield Finding(
            "subject",
            N_("процесс ведёт «%(subject)s»: его начинают с этим, оставьте как было"),
            {"subject": present.subject},
        )
    for name in present.dates:
        if name not in changed.dates:
            yield Finding(
                "dates", N_("дату «%(date)s» называют при начале дела: оставьте её"), {"date": name}
            )


def _unspoken(changed: Definition) -> Iterator[Finding]:
    """Languages of the pages in which people would read nothing of the process."""
    for language in LANGUAGES:
        if language not in changed.languages:
            words = N_("нет языка «%(language)s»: добавьте его и названия на нём")
            yield Finding("languages", words, {"language": language})


def _missed(changed: Definition, others: Collection[Definition]) -> Iterator[Finding]:
    """States that another process waits for."""
    names = {state.id for state in changed.states}
    for other in others:
        for waits in (step.waits_for for step in other.transitions):
            if waits is not None and waits.process == changed.id:
                for state in sorted({*waits.states} - names):
                    yield Finding(
                        "states",
                        N_("процесс «%(process)s» ждёт состояния «%(state)s»: оставьте его"),
                        {"process": other.id, "state": state},
                    )
