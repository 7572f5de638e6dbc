"""Commands that start one process each: `serve` (pages and API), `sandbox` (stand-ins)."""

import argparse
import logging
from collections.abc import Mapping
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from registry.config import load_settings
from registry.sandbox.serve import serve as serve_sandbox
from registry.web.logs import configure_logs

THREADS = 4
"""Few: threads of one process share one interpreter, and who holds a lock must get his turn in it."""


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `serve` and `sandbox`."""
    serve = commands.add_parser("serve", help="pages and API")
    serve.add_argument("--processes", type=int, default=1, help="server processes (default 1)")
    serve.set_defaults(command=_serve)
    sandbox = commands.add_parser("sandbox", help="stand-ins of platform and mailbox")
    for name, port in (("--platform-port", 8081), ("--mailbox-port", 8082), ("--smtp-port", 8025)):
        sandbox.add_argument(name, type=int, default=port)
    sandbox.set_defaults(command=_sandbox)


def _serve(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = load_settings(environ)
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


def _sandbox(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    settings = load_settings(environ)
    home, messages_at = settings.home / "sandbox", settings.platform_url
    serve_sandbox(home, said.platform_port, said.mailbox_port, said.smtp_port, messages_at)
    return 0
