"""`demo`: the whole way of one school's file, unattended, on real servers of its own."""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from registry.app import present_states
from registry.cli.processes import Processes, free_ports, own_environment, stop_in_order
from registry.cli.roads import ROADS
from registry.cli.setting_up import exchange_keys, prepare, trust_stamps
from registry.config import Settings, load_settings
from registry.errors import N_, InvalidError
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import make_review
from registry.sandbox.demo.plan import make_plan
from registry.sandbox.demo.progress import Progress
from registry.sandbox.demo.result import Result, look_back
from registry.sandbox.demo.stage import Stage
from registry.sandbox.demo.story import play
from registry.sandbox.sample.region import LEGAL_DAY


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `demo FILE.xlsx [--over WAY] [--home DIR] [--seed N] [--json]`."""
    demo = commands.add_parser("demo", help="the whole way of one school's spreadsheet, unattended")
    demo.add_argument("file", type=Path)
    demo.add_argument("--over", choices=list(ROADS), default="https", help="how the message goes")
    demo.add_argument("--home", type=Path, help="folder of the run, empty or new (default: a temporary one)")
    demo.add_argument("--seed", type=int, default=17, help="of the mix of answers")
    demo.add_argument("--json", action="store_true", help="the last line is one JSON object")
    demo.set_defaults(command=_demo)


def _demo(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    signal.signal(signal.SIGTERM, stop_in_order)
    data = _read(said.file)
    with tempfile.TemporaryDirectory(prefix="registry-demo-") as temporary:
        home = said.home or Path(temporary)
        changed = _environment(home)
        changed |= ROADS[said.over](home, changed)
        settings = load_settings({**environ, **changed})
        plan = make_plan(make_review(read_workbook(data, said.file.stem), LEGAL_DAY), LEGAL_DAY, said.seed)
        begun = time.monotonic()
        with Processes(settings, own_environment(settings, **changed)) as processes, Progress() as progress:
            _start(processes, settings, progress)
            play(Stage(settings, said.file.name, data, progress), plan)
        result = look_back(settings, present_states(), time.monotonic() - begun)
    _tell(result, as_json=said.json)
    return 0 if result.holds(len(plan)) else 1


def _start(processes: Processes, settings: Settings, progress: Progress) -> None:
    with progress.step(N_("Запуск: платформа, почта, реестр")):
        processes.start_sandbox()
        registry = prepare(settings, progress.note)
        exchange_keys(registry, progress.note)
        trust_stamps(processes.settings)
        registry.engine.dispose()
        processes.start_registry()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidError(
            N_("Файл %(file)s не открывается: проверьте путь и права."), file=file.name
        ) from error


def _environment(home: Path) -> dict[str, str]:
    if home.exists() and any(home.iterdir()):
        raise InvalidError(N_("Папка %(home)s не пуста: укажите пустую или новую."), home=home)
    web, platform, mailbox, smtp, esia, tsa = free_ports(6)
    return {
        "REGISTRY_HOME": str(home),
        "REGISTRY_MODE": "sandbox",
        "REGISTRY_TODAY": LEGAL_DAY.isoformat(),
        "REGISTRY_PORT": str(web),
        "REGISTRY_BASE_URL": f"http://127.0.0.1:{web}",
        "REGISTRY_PLATFORM_URL": f"http://127.0.0.1:{platform}",
        "REGISTRY_SMS_URL": f"http://127.0.0.1:{mailbox}/sms",
        "REGISTRY_SMTP_PORT": str(smtp),
        "REGISTRY_ESIA_URL": f"http://127.0.0.1:{esia}",
        "REGISTRY_TSA_URL": f"http://127.0.0.1:{tsa}",
    }


def _tell(result: Result, *, as_json: bool) -> None:
    said = asdict(result)
    if as_json:
        sys.stdout.write(json.dumps(said) + "\n")
        return
    for name, value in said.items():
        sys.stdout.write(f"  {name:<18} {value}\n")
