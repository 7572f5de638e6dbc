"""`trail verify` for a terminal: the findings, a line each, and an exit status."""

import base64
import json
import sys
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import Engine

from registry.errors import N_
from registry.storage.reach import everywhere
from registry.storage.vault import Vault
from registry.trail.keys import TrailKeys
from registry.trail.published import why_held
from registry.trail.verify import Reader, Report, verify


class Installation(Protocol):
    """What the check needs of a running registry."""

    @property
    def engine(self) -> Engine:
        """Its database."""

    @property
    def vault(self) -> Vault:
        """What opens openings."""

    @property
    def trail(self) -> TrailKeys:
        """The log's keys."""


def verify_command(registry: Installation, readers: Mapping[str, Reader]) -> int:
    """Check the trail and tell it in words.

    Gives 0 good, 1 tampered, 2 cannot be verified, 4 good with warnings.
    """
    report = verify(registry.engine, registry.vault, registry.trail, readers)
    for finding in report.findings:
        where = "" if finding.index is None else f" #{finding.index}"
        event = "" if finding.event_id is None else f" {finding.event_id}"
        _say(f"{finding.rule}{where}{event}: {finding.sentence}")
    _say(_summary(report))
    if why := _why_held(registry):
        _say(why)
    return report.status


def verify_command_json(registry: Installation, readers: Mapping[str, Reader]) -> int:
    """The same as one JSON object a line: the findings, then the outcome."""
    report = verify(registry.engine, registry.vault, registry.trail, readers)
    for finding in report.findings:
        _say(json.dumps(finding.as_json(), ensure_ascii=False))
    outcome = {
        "verified": report.holds,
        "status": report.status,
        "size": report.size,
        "root": base64.b64encode(report.root).decode(),
        "checkpoints": report.checkpoints,
        "erased": report.erased,
        "findings": len(report.findings),
        "held": _why_held(registry),
    }
    _say(json.dumps(outcome))
    return report.status


def _why_held(registry: Installation) -> str:
    with everywhere(registry.engine).connect() as connection:
        return why_held(connection, registry.trail)


def _summary(report: Report) -> str:
    words = {
        0: N_("Журнал цел: записей %(size)s, отметок %(checkpoints)s, корень %(root)s."),
        1: N_("Журнал изменён: нарушений %(findings)s; проверено записей %(size)s."),
        2: N_("Журнал проверить нельзя: препятствий %(findings)s; проверено записей %(size)s."),
        4: N_("Журнал цел, замечаний %(findings)s: записей %(size)s, отметок %(checkpoints)s."),
    }
    return words[report.status] % {
        "size": report.size,
        "checkpoints": report.checkpoints,
        "root": base64.b64encode(report.root).decode(),
        "findings": len(report.findings),
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
