"""`trail verify` and `trail new-epoch`: rebuild the whole trail; begin a new tree after a restore."""

import argparse
import getpass
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.app import present_states
from registry.config import load_settings
from registry.errors import N_, InvalidError
from registry.trail.commands import verify_command, verify_command_json
from registry.trail.epochs import Said, begin_epoch
from registry.trail.keys import move_to_epoch
from registry.work import Registry

LONGEST_REASON = 1000


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `trail verify` and `trail new-epoch`."""
    trail = commands.add_parser("trail", help="the append-only log").add_subparsers(required=True)
    check = trail.add_parser("verify", help="rebuild tree and checkpoints, compare with what is stored")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_verify)
    epoch = trail.add_parser("new-epoch", help="begin a new tree after a restore; the old one stays")
    epoch.add_argument("--reason", required=True, help="what happened; it stays in the trail for ever")
    epoch.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        help="file with the newest signed checkpoint that the platform or an auditor kept (may be repeated)",
    )
    epoch.set_defaults(command=_new_epoch)


def _verify(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    verify = verify_command_json if said.json else verify_command
    return verify(registry, present_states())


def _new_epoch(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    reason = said.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidError(
            N_("--reason: напишите, что случилось, не длиннее %(most)s знаков."), most=LONGEST_REASON
        )
    registry = Registry.open(load_settings(environ))
    notes = [_read(path) for path in said.checkpoint]
    told = Said(getpass.getuser(), reason, notes)
    epoch = begin_epoch(registry.engine, registry.vault, registry.trail, registry.now(), told)
    move_to_epoch(registry.settings.keys, epoch)
    registry.engine.dispose()
    sys.stdout.write(
        N_(
            "Начата эпоха %(epoch)s. Перезапустите serve и work, сообщите аудиторам новое имя журнала:"
            " %(origin)s"
        )
        % {"epoch": epoch, "origin": registry.trail.of_epoch(epoch).origin}
        + "\n"
    )
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidError(
            N_("Файл %(file)s не открывается: проверьте путь и права."), file=path.name
        ) from error
