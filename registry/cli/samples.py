"""`samples make`: invented schools as spreadsheets, to try, to measure and to show the registry with."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.errors import N_, InvalidError
from registry.sandbox.demo.progress import Progress
from registry.sandbox.sample.schools import check_counts, make_schools


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `samples make --students N --schools M --out DIR [--seed S]`."""
    samples = commands.add_parser("samples", help="invented schools").add_subparsers(required=True)
    make = samples.add_parser("make", help="write one .xlsx a school, a sheet a class")
    make.add_argument("--students", type=int, required=True, help="in all schools together")
    make.add_argument("--schools", type=int, required=True)
    make.add_argument("--out", type=Path, required=True, help="a new or empty folder")
    make.add_argument("--seed", type=int, default=17, help="the same seed gives the same files (default 17)")
    make.set_defaults(command=_make)


def _make(said: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    check_counts(said.students, said.schools)
    _open_folder(said.out)
    with Progress() as progress, progress.step(N_("Вымышленные школы"), said.schools) as step:
        for number, data in enumerate(make_schools(said.students, said.schools, said.seed), 1):
            with (said.out / f"school-{number:03d}.xlsx").open("xb") as file:
                file.write(data)
            step.advance()
    return 0


def _open_folder(folder: Path) -> None:
    """Make the folder, or take an empty one: nothing that is there is written over.

    Raises:
        InvalidError: it holds something, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        used = any(folder.iterdir())
    except OSError as error:
        raise InvalidError(
            N_("Папку %(folder)s нельзя создать или открыть: проверьте путь и права."),
            code="samples-folder",
            folder=folder,
        ) from error
    if used:
        raise InvalidError(
            N_("Папка %(folder)s не пуста: укажите пустую или новую."),
            code="samples-not-empty",
            folder=folder,
        )
