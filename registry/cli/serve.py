"""`serve`: pages and API, in one process or several."""

import argparse
from collections.abc import Mapping
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from registry.app import load_names, load_pages
from registry.cli.check import told_mode
from registry.cli.loading import loading
from registry.soundness.check import sound_settings
from registry.soundness.definitions import demand_definitions

THREADS = 4
"""Few: threads of one process share one interpreter, and who holds a lock must get his turn in it."""


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `serve`."""
    serve = commands.add_parser("serve", help="pages and API")
    serve.add_argument("--processes", type=int, default=1, help="server processes (default 1)")
    serve.set_defaults(command=_serve)


def _serve(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = sound_settings(environ)
    print(told_mode(settings), flush=True)  # noqa: T201 - a command speaks on its terminal
    _load_once()
    demand_definitions(settings)
    Granian(
        "registry.app:from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=said.processes,
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve()
    return 0


def _load_once() -> None:
    """Load all code before the server's processes part: they start at once, and share the memory of it."""
    with loading():
        load_names()
        load_pages()
