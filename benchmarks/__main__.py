"""`python -m benchmarks`: measure, print a table (or one JSON object a line), fail when a limit is missed.

It takes a quarter of an hour: until the table comes, each figure is told on standard error as it is there.

Environment: ``JSON=1`` for objects, ``ONLY=group`` for one group.
"""

import importlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure

GROUPS = (
    "people",
    "submissions",
    "consents",
    "journeys",
    "workflows",
    "migrating",
    "jobs",
    "access",
    "documents",
    "exports",
    "exchange",
    "pages",
    "processes",
    "trail",
)
NOTHING_YET = {"exchange": "there are no figures yet"}
"""Groups that have nothing to measure."""


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the chosen groups and give the exit status."""
    only = environ.get("ONLY")
    if only and only not in GROUPS:
        print(f"ONLY={only}: there is no such group; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    return tell(measured((only,) if only else GROUPS), as_json=bool(environ.get("JSON")))


def measured(groups: Iterable[str]) -> Iterator[Figure]:
    """Measure group by group; say in words where there is nothing to measure."""
    for group in groups:
        if group in NOTHING_YET:
            print(f"{group}: {NOTHING_YET[group]}", file=sys.stderr, flush=True)
        else:
            yield from importlib.import_module(f"benchmarks.{group}").figures()


def tell(figures: Iterable[Figure], *, as_json: bool) -> int:
    """Print figures as they come, or a table of all; give 1 when one missed its limit."""
    told = []
    for figure in figures:
        told.append(figure)
        if as_json:
            print(json.dumps(figure.as_object(), ensure_ascii=False), flush=True)
        else:
            said = f"{figure.group}: {figure.name}: {figure.value:.3g} {figure.unit}"
            print(said if figure.ok else f"{said} MISSED", file=sys.stderr, flush=True)
    if told and not as_json:
        Console(width=160).print(_table(told))
    return 0 if all(figure.ok for figure in told) else 1


def _table(figures: Iterable[Figure]) -> Table:
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
