"""The lines of the registry and of its consents: whole, in order, each person told apart from the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from registry.errors import N_
from registry.sandbox.platform.inspect.archive import CONSENTS, REGISTRY
from registry.sandbox.platform.inspect.canonical import canonical, read_lines
from registry.sandbox.platform.inspect.findings import Findings, uuid_of
from registry.sandbox.platform.inspect.persons import Persons, fits_act, fits_person


@dataclass(frozen=True, slots=True)
class Entry:
    """One student's entry as it is kept; `content` is its canonical JSON."""

    entry_id: UUID
    class_name: str
    guardians: int
    content: bytes


def read_entries(parts: Mapping[str, bytes], today: date) -> tuple[Entry, ...]:
    """Read registry.jsonl and consents.jsonl together.

    Raises:
        Refusal: with all that does not fit, by entry.
    """
    findings = Findings()
    entries = _entries(parts[REGISTRY], findings, today)
    _check_order([entry.entry_id for entry in entries], findings)
    _check_consents(parts[CONSENTS], [entry.entry_id for entry in entries], findings)
    findings.settle()
    return entries


def _entries(data: bytes, findings: Findings, today: date) -> tuple[Entry, ...]:
    persons = Persons(findings)
    found: list[Entry] = []
    for number, line in enumerate(read_lines(data), 1):
        entry_id = uuid_of((line or {}).get("entry_id"))
        if line is None or entry_id is None or not _fits(line, today):
            text = N_("Строка %(number)s реестра не читается или в ней не те поля.")
            findings.add("entry-line", text % {"number": number}, entry_id)
            continue
        persons.add_entry(line, entry_id)
        found.append(Entry(entry_id, line["class"], len(line["guardians"]), canonical(line)))
    return tuple(found)


def _fits(line: dict[str, Any], today: date) -> bool:
    if set(line) != {"entry_id", "class", "student", "guardians"} or not isinstance(line["guardians"], list):
        return False
    name = line["class"]
    return (
        isinstance(name, str)
        and 0 < len(name) <= 20  # noqa: PLR2004 - a class is named like 9-Б
        and fits_person(line["student"], today)
        and all(
            isinstance(guardian, dict)
            and isinstance(guardian.get("relation"), str)
            and fits_person({key: value for key, value in guardian.items() if key != "relation"}, today)
            for guardian in line["guardians"]
        )
    )


def _check_order(ids: list[UUID], findings: Findings) -> None:
    texts = [str(one) for one in ids]
    if len(texts) != len(set(texts)):
        findings.add("duplicate-entry", N_("Номер записи встречается дважды."))
    elif texts != sorted(texts):
        findings.add("order", N_("Записи реестра стоят не по порядку номеров."))


def _check_consents(data: bytes, expected: list[UUID], findings: Findings) -> None:
    """Each entry has its acts, on a line at the same place."""
    found: list[UUID | None] = []
    for number, line in enumerate(read_lines(data), 1):
        entry_id = uuid_of((line or {}).get("entry_id"))
        found.append(entry_id)
        acts = (line or {}).get("acts")
        if line is None or set(line) != {"entry_id", "acts"} or not isinstance(acts, list) or not acts:
            findings.add(
                "consent-line", N_("Строка %(number)s согласий не читается.") % {"number": number}, entry_id
            )
        elif not all(fits_act(act) for act in acts):
            findings.add("consent", N_("Согласие к записи не подтверждает её передачу."), entry_id)
    if found != expected:
        findings.add("consent-order", N_("Согласия относятся не к тем записям или стоят в другом порядке."))
