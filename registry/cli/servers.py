"""Commands that start one process each: `serve` (pages and API), `work` (worker), `sandbox` (stand-ins)."""

import argparse
import logging
import signal
from collections.abc import Mapping
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from registry.app import load_names
from registry.cli.check import told_mode
from registry.config import load_settings
from registry.jobs.worker import Worker
from registry.sandbox.serve import serve as serve_sandbox
from registry.soundness.check import sound_settings
from registry.web.logs import configure_logs
from registry.work import Registry

THREADS = 4
"""Few: threads of one process share one interpreter, and who holds a lock must get his turn in it."""


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `serve`, `work` and `sandbox`."""
    serve = commands.add_parser("serve", help="pages and API")
    serve.add_argument("--processes", type=int, default=1, help="server processes (default 1)")
    serve.set_defaults(command=_serve)
    commands.add_parser("work", help="worker: promises, trail, deadlines").set_defaults(command=_work)
    sandbox = commands.add_parser("sandbox", help="stand-ins of platform and mailbox")
    for name, port in (("--platform-port", 8081), ("--mailbox-port", 8082), ("--smtp-port", 8025)):
        sandbox.add_argument(name, type=int, default=port)
    sandbox.set_defaults(command=_sandbox)


def _serve(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = sound_settings(environ)
    print(told_mode(settings), flush=True)  # noqa: T201 - a command speaks on its terminal
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


def _work(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    load_names()
    worker = Worker(Registry.open(sound_settings(environ)))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
    return 0


def _sandbox(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    settings = load_settings(environ)
    serve_sandbox(settings.home / "sandbox", said.platform_port, said.mailbox_port, said.smtp_port)
    return 0
