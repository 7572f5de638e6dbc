"""`work`: the worker, which keeps promises, numbers and signs the trail, and watches deadlines."""

import argparse
import logging
import signal
from collections.abc import Mapping
from typing import Any

from registry.app import load_names
from registry.cli.loading import loading
from registry.jobs.worker import Worker
from registry.soundness.check import sound_settings
from registry.web.logs import configure_logs
from registry.work import Registry


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `work`."""
    commands.add_parser("work", help="worker: promises, trail, deadlines").set_defaults(command=_work)


def _work(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    settings = sound_settings(environ)
    with loading():
        load_names()
    worker = Worker(Registry.open(settings))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
    return 0
