"""The one way in for a definition's text: read, look for lines, refuse in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from registry.errors import N_, SettingsError
from registry.workflows.definition.checks import Known, examine
from registry.workflows.definition.findings import Finding, line_of
from registry.workflows.definition.parse import parse
from registry.workflows.definition.shape import Definition


@dataclass(frozen=True, slots=True)
class Checked:
    """A text after the checks: with findings it cannot run; a definition may be there to be drawn."""

    definition: Definition | None
    findings: tuple[Finding, ...]


def check(text: str, known: Known) -> Checked:
    """Read a text and say everything that is wrong with it; an editor shows this while one types."""
    definition, findings = parse(text)
    if definition is None:
        return Checked(None, findings)
    faults = examine(definition, known)
    return Checked(definition, tuple(replace(one, line=line_of(text, one.key)) for one in faults))


def load(text: str, file: str, known: Known) -> Definition:
    """Read a definition that must run.

    Raises:
        SettingsError: it is broken; the words name the file, and for each fault the line, key and reason.
    """
    checked = check(text, known)
    if checked.definition is None or checked.findings:
        raise SettingsError(
            N_("Определение процесса %(file)s неверно. %(findings)s. Исправьте файл и запустите снова."),
            code="broken-definition",
            file=file,
            findings="; ".join(one.words() for one in checked.findings),
        )
    return checked.definition


def load_all(texts: Mapping[str, str], known: Known) -> dict[str, Definition]:
    """Read definitions that must run, by their files; what one waits for must be another one or be known.

    Raises:
        SettingsError: one is broken.
    """
    read = (parse(text)[0] for text in texts.values())
    processes = dict(known.processes or {})
    for one in read:
        if one is not None:
            processes[one.id] = frozenset(state.id for state in one.states)
    together = replace(known, processes=processes)
    return {file: load(text, file, together) for file, text in texts.items()}
