"""`python -m benchmarks`: measure, print a table (or one JSON object a line), fail when a limit is missed.

It takes a quarter of an hour: until the table comes, each figure is told on standard error as it is there.

Environment: ``JSON=1`` for objects, ``ONLY=group`` for one group.
"""

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure

GROUPS = (
    "people",
    "submissions",
    "consents",
    "workflows",
    "jobs",
    "access",
    "documents",
    "exchange",
    "pages",
    "processes",
    "trail",
)


def main() -> int:
    """Run the chosen groups and give the exit status."""
    only = os.environ.get("ONLY")
    if only and only not in GROUPS:
        print(f"ONLY={only}: there is no such group; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    figures = []
    for figure in _measured((only,) if only else GROUPS):
        figures.append(figure)
        if os.environ.get("JSON"):
            print(json.dumps(figure.as_object(), ensure_ascii=False), flush=True)
        else:
            said = f"{figure.group}: {figure.name}: {figure.value:.3g} {figure.unit}"
            print(said if figure.ok else f"{said} MISSED", file=sys.stderr, flush=True)
    if not os.environ.get("JSON"):
        Console(width=160).print(_table(figures))
    return 0 if all(figure.ok for figure in figures) else 1


def _measured(groups: tuple[str, ...]) -> Iterator[Figure]:
    for group in groups:
        if importlib.util.find_spec(f"benchmarks.{group}") is None:
            continue
        yield from importlib.import_module(f"benchmarks.{group}").figures()


def _table(figures: list[Figure]) -> Table:
    table = Table("group", "name", "value", "unit", "limit", "ok", "floor", "peak MiB")
    for figure in figures:
        sign = ">=" if figure.at_least else "<="
        table.add_row(
            figure.group,
            figure.name,
            f"{figure.value:.3g}",
            figure.unit,
            "" if figure.limit is None else f"{sign} {figure.limit:g}",
            "ok" if figure.ok else "MISSED",
            figure.floor,
            "" if figure.peak_mib is None else f"{figure.peak_mib:.0f}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
