"""`message verify`: what a message and its acknowledgement still prove."""

import argparse
import sys
from collections.abc import Mapping
from uuid import UUID

from registry.config import load_settings
from registry.errors import N_
from registry.submissions.evidence import Evidence, evidence_of
from registry.trail.entries import SYSTEM
from registry.work import Registry

HOLDS = N_("держится")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `message verify MESSAGE_ID`."""
    verbs = commands.add_parser("message", help="messages to platforms").add_subparsers(
        required=True, metavar="verify"
    )
    verify = verbs.add_parser("verify", help="key, time and answer of a message, by what is kept here")
    verify.add_argument("message_id", type=UUID)
    verify.set_defaults(command=_verify)


def _verify(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    with registry.reading(SYSTEM) as work:
        found = evidence_of(work, said.message_id)
    registry.engine.dispose()
    sys.stdout.writelines(f"{line}\n" for line in _lines(found))
    return 0 if found.holds else 1


def _lines(found: Evidence) -> list[str]:
    since = found.sealed_at.isoformat() if found.sealed_at else "-"
    key = found.submission.signing_key
    message = {"outcome": found.message_trouble or HOLDS, "key": key, "since": since}
    return [
        N_("Сообщение: %(outcome)s; ключ %(key)s, под контрольной точкой с %(since)s") % message,
        N_("Подтверждение: %(outcome)s") % {"outcome": found.answer_trouble or HOLDS},
    ]
