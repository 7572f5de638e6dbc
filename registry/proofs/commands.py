"""`verify`: check a sealed document at a terminal, with the same answer as on the page."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from registry.config import load_settings
from registry.consents.rules.titles import NOTICES
from registry.errors import N_, NotFoundError
from registry.proofs.usecases.checking import Answer, Told, Verdict, check_file
from registry.trail.entries import SYSTEM
from registry.work import Registry

STATUS: Final = {Verdict.GENUINE: 0, Verdict.CHANGED: 1, Verdict.FOREIGN: 1, Verdict.UNCERTAIN: 1}
WORDS: Final = {
    Verdict.GENUINE: N_("Документ подлинный и не изменён."),
    Verdict.CHANGED: N_("Документ изменён: на нём печать реестра, но запечатан был другой файл."),
    Verdict.FOREIGN: N_("Это не документ реестра, или он повреждён."),
    Verdict.UNCERTAIN: N_("Файл тот самый, но печать сейчас не проверить: нет её сертификата."),
}


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `verify FILE`."""
    verify = commands.add_parser("verify", help="is this PDF ours and unchanged? exit status 1 if not")
    verify.add_argument("file", type=Path)
    verify.set_defaults(command=_verify)


def _verify(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    try:
        data = said.file.read_bytes()
    except OSError:
        raise NotFoundError(N_("Файл не читается: %(path)s"), path=said.file) from None
    registry = Registry.open(load_settings(environ))
    try:
        answer = check_file(registry, SYSTEM, data)
    finally:
        registry.engine.dispose()
    sys.stdout.write("\n".join(_lines(answer)) + "\n")
    return STATUS[answer.verdict]


def _lines(answer: Answer) -> list[str]:
    lines = [WORDS[answer.verdict], f"SHA-256: {answer.sha256}"]
    return lines if answer.told is None else [*lines, *_told(answer.told)]


def _told(told: Told) -> list[str]:
    sealed = told.sealed
    stamped = "" if sealed.stamped_at is None else f" {sealed.stamped_at.isoformat()}"
    after = f": {told.later.value} {told.since}" if told.later and told.since else ""
    return [
        f"{NOTICES[told.notice]}, {told.notice_version}",
        f"decision: {told.decision.value} {told.recorded_at.isoformat()}",
        f"text sha256: {told.text_sha256}",
        f"seal: PAdES {sealed.level.value}, stamp {sealed.stamp.value}{stamped}",
        f"certificate sha256: {told.key.fingerprint}",
        f"now: {told.standing.value}{after}",
    ]
