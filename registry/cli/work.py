"""`work`: the worker of one machine: one process without Redis, one a queue under a supervisor with it."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from registry.app import load_names
from registry.cli.loading import loading
from registry.cli.supervising import Supervisor
from registry.errors import N_, SettingsError
from registry.jobs.clocks import Clocks
from registry.jobs.leadership import Leadership
from registry.jobs.worker import Worker
from registry.soundness.check import sound_settings
from registry.soundness.definitions import demand_definitions
from registry.storage.outbox import Lane
from registry.web.logs import configure_logs
from registry.work import Registry

PROGRAM = (sys.executable, "-m", "registry")
QUEUES = {lane.name.lower(): lane for lane in Lane}


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `work [--queue NAME]`."""
    work = commands.add_parser("work", help="worker: promises, trail, deadlines")
    work.add_argument("--queue", choices=QUEUES, help="answer this queue of Redis only, and no clock")
    work.add_argument("--until-eof", action="store_true", help="end when the standard input does")
    work.set_defaults(command=_work)


def _work(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    settings = sound_settings(environ)
    with loading():
        load_names()
    demand_definitions(settings)
    registry = Registry.open(settings)
    if said.until_eof:
        threading.Thread(target=_end_with_input, name="supervisor", daemon=True).start()
    if said.queue:
        _listen(registry, QUEUES[said.queue])
    elif registry.settings.redis_url is None:
        worker = Worker(registry)
        _on_request(worker.stop)
        worker.run()
    else:
        _supervise(registry, environ)
    return 0


def _listen(registry: Registry, lane: Lane) -> None:
    if registry.settings.redis_url is None:
        raise SettingsError(
            N_("Очередь выбирают, когда задан REGISTRY_REDIS_URL: задайте его или уберите --queue.")
        )
    from registry.jobs.listening import Listener  # noqa: PLC0415 - RQ is loaded only where it is used

    listener = Listener(registry, lane)
    _on_request(listener.stop)
    listener.run()


def _supervise(registry: Registry, environ: Mapping[str, str]) -> None:
    """Watch over a process a queue, and see to the clock while no other machine does."""
    stop = threading.Event()
    _on_request(stop.set)
    leadership = Leadership(registry, stop)
    clocks = Clocks(registry, stop, leadership.leads)
    leadership.start()
    clocks.start()
    try:
        Supervisor(
            {name: [*PROGRAM, "work", "--queue", name, "--until-eof"] for name in QUEUES}, environ
        ).run(stop)
    finally:
        stop.set()
        clocks.join()
        leadership.join()


def _on_request(stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())


def _end_with_input() -> None:
    """Ask this process to end when whoever started it is gone."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
