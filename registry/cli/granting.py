"""`grant`: the rights of one duty for one PostgreSQL role."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from registry.config import load_settings
from registry.errors import N_
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.grants import Duty, let_do
from registry.trail.fence import wholly_fenced


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `grant`."""
    parser = commands.add_parser("grant", help="give a PostgreSQL role the rights of a duty, and no others")
    parser.add_argument("duty", choices=[one.value for one in Duty])
    parser.add_argument("role", help="a role that is there already")
    parser.set_defaults(command=_grant)


def _grant(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    import_tables()
    engine = make_engine(load_settings(environ).migration_url)
    try:
        let_do(engine, said.role, Duty(said.duty), wholly_fenced())
    finally:
        engine.dispose()
    sys.stdout.write(N_("Права выданы.") + "\n")
    return 0
