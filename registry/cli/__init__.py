"""The commands of the registry: each room's commands put under one name, errors told in words."""

import argparse
import os
import sys
from collections.abc import Sequence

from registry.cli import backup, check, demo, run, servers, trail
from registry.errors import RegistryError
from registry.people import commands as people

FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m registry", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for room in (run, servers, check, backup, demo, people, trail):
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
    words = error.text % error.values if error.values else error.text
    return "\n".join([words, *(f"  {field}: {text}" for field, text in error.fields.items())])
