"""A draft's text held against the definition that is in force: what keeps it from being published."""

from collections.abc import Iterator
from dataclasses import replace

from registry.errors import N_
from registry.workflows.definition import Checked, Definition, Finding, Known, check
from registry.workflows.definition.findings import line_of


def check_draft(text: str, present: Definition, known: Known) -> Checked:
    """Check a text as every definition is checked, and that it still is the process that rooms start."""
    checked = check(text, known)
    if checked.definition is None:
        return checked
    strange = [replace(one, line=line_of(text, one.key)) for one in _strange(checked.definition, present)]
    return Checked(checked.definition, (*checked.findings, *strange))


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
