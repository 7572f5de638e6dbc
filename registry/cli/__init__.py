"""The commands of the registry: each room's commands put under one name, errors told in words."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from registry.cli.loading import loading
from registry.errors import RegistryError, filled

COMMANDS = {
    "run": "registry.cli.run",
    "install": "registry.cli.run",
    "serve": "registry.cli.serve",
    "work": "registry.cli.work",
    "sandbox": "registry.cli.sandbox",
    "check": "registry.cli.check",
    "grant": "registry.cli.granting",
    "backup": "registry.cli.backup",
    "restore": "registry.cli.backup",
    "demo": "registry.cli.demo",
    "roster": "registry.people.commands",
    "samples": "registry.cli.samples",
    "promises": "registry.cli.promises",
    "keys": "registry.cli.keys",
    "users": "registry.staff.commands",
    "erasure": "registry.rights.commands",
    "message": "registry.submissions.commands",
    "verify": "registry.proofs.commands",
    "proofs": "registry.proofs.bundle_commands",
    "exports": "registry.proofs.exports.commands",
    "trail": "registry.cli.trail",
    "workflows": "registry.cli.workflows",
}
"""Which module offers a command: only that one is loaded: a server starts without the others' libraries."""
FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m registry", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    asked = arguments[0] if arguments else ""
    for module in [COMMANDS[asked]] if asked in COMMANDS else dict.fromkeys(COMMANDS.values()):
        with loading():
            room = importlib.import_module(module)
        room.add_commands(commands)
    said = parser.parse_args(arguments)
    try:
        return int(said.command(said, os.environ))
    except RegistryError as error:
        sys.stderr.write(tell(error) + "\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def tell(error: RegistryError) -> str:
    """Put an error into words for a terminal: the sentence, then a line a field."""
    words = error.text % filled(error.values) if error.values else error.text
    return "\n".join([words, *(f"  {field}: {text}" for field, text in error.fields.items())])
