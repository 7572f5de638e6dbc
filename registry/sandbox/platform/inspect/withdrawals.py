"""The lines of a withdrawal: which entries of which messages must be destroyed, and nothing else."""

from dataclasses import dataclass
from uuid import UUID

from registry.errors import N_
from registry.sandbox.platform.inspect.canonical import read_lines
from registry.sandbox.platform.inspect.findings import Findings, uuid_of


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One entry to be destroyed."""

    entry_id: UUID
    of_message: UUID


def read_withdrawn(data: bytes) -> tuple[Withdrawn, ...]:
    """Read withdrawn.jsonl.

    Raises:
        Refusal: an empty list, a line of another shape, entries out of order or twice.
    """
    findings = Findings()
    found: list[Withdrawn] = []
    for number, line in enumerate(read_lines(data), 1):
        entry_id, of_message = (uuid_of((line or {}).get(key)) for key in ("entry_id", "of_message"))
        if line is None or set(line) != {"entry_id", "of_message"} or entry_id is None or of_message is None:
            findings.add(
                "withdrawn-line", N_("Строка %(number)s списка отзывов не читается.") % {"number": number}
            )
        else:
            found.append(Withdrawn(entry_id, of_message))
    ids = [str(one.entry_id) for one in found]
    if not ids:
        findings.add("withdrawn-empty", N_("Список отзывов пуст."))
    if ids != sorted(set(ids)):
        findings.add("order", N_("Записи списка отзывов повторяются или стоят не по порядку."))
    findings.settle()
    return tuple(found)
