"""What a check finds: the rule, the place, and one sentence."""

from dataclasses import dataclass, field
from enum import IntEnum
from uuid import UUID

from registry.storage.schema import Json


class Severity(IntEnum):
    """How bad it is; the number is the exit status of a check that found nothing worse."""

    TAMPERED = 1
    UNVERIFIED = 2
    WARNING = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold.

    Attributes:
        severity: tampering shown, something that cannot be checked, or a warning.
        rule: V1 signatures, V2 tree and tiles, V3 leaves, V4 checkpoints, V7 openings, V8 current states,
            V9 chains of objects and orphans, V12 the chain of epochs, V0 the database itself.
        index: number of the leaf, where there is one.
        event_id: the event, where there is one.
        text: Russian msgid with places.
        values: what fills the places.
    """

    severity: Severity
    rule: str
    index: int | None
    event_id: UUID | None
    text: str
    values: dict[str, object]

    @property
    def sentence(self) -> str:
        """The sentence in the source language."""
        return self.text % self.values if self.values else self.text

    def as_json(self) -> dict[str, Json]:
        """The finding as an object of one line."""
        return {
            "severity": self.severity.name.lower(),
            "rule": self.rule,
            "index": self.index,
            "event": None if self.event_id is None else str(self.event_id),
            "text": self.sentence,
        }


@dataclass(slots=True)
class Reporter:
    """Collects findings."""

    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        severity: Severity,
        rule: str,
        text: str,
        place: tuple[int | None, UUID | None] = (None, None),
        **values: object,
    ) -> None:
        """Note one finding.

        Args:
            severity: how bad it is.
            rule: which rule does not hold.
            text: marked Russian text.
            place: number of the leaf and id of the event, as far as known.
            **values: what fills the places of the text.
        """
        self.findings.append(Finding(severity, rule, *place, text, values))

    def tampered(
        self, rule: str, text: str, place: tuple[int | None, UUID | None] = (None, None), **values: object
    ) -> None:
        """Note a change that nobody may make."""
        self.add(Severity.TAMPERED, rule, text, place, **values)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    Attributes:
        findings: in the order found.
        size: number of leaves rebuilt, of the present epoch.
        root: root of its rebuilt tree.
        checkpoints: number of checkpoints that hold, of all epochs.
        erased: number of slots that were erased for a recorded reason.
    """

    findings: tuple[Finding, ...]
    size: int
    root: bytes
    checkpoints: int
    erased: int

    @property
    def status(self) -> int:
        """Exit status: 0 good, 1 tampering shown, 2 cannot be verified, 4 good with warnings."""
        return min((finding.severity for finding in self.findings), default=0)

    @property
    def holds(self) -> bool:
        """Whether nothing worse than a warning was found."""
        return self.status in (0, Severity.WARNING)
