"""`trail verify`: rebuild the whole trail and hold the present state of things against it."""

import argparse
from collections.abc import Mapping
from typing import Any

from registry.app import present_states
from registry.config import load_settings
from registry.trail.commands import verify_command, verify_command_json
from registry.work import Registry


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `trail verify`."""
    trail = commands.add_parser("trail", help="the append-only log").add_subparsers(required=True)
    check = trail.add_parser("verify", help="rebuild tree and checkpoints, compare with what is stored")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_verify)


def _verify(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    verify = verify_command_json if said.json else verify_command
    return verify(registry, present_states())
