"""Commands of a terminal about people: reviewing a roster without storing anything."""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from registry.config import load_settings
from registry.errors import N_, InvalidError
from registry.people.rosters.findings import Finding, Level
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import Review, make_review
from registry.work import legal_day


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `roster review FILE [--on DATE] [--json]`; the command's function stands in `command`."""
    roster = commands.add_parser("roster", help="look at a roster")
    verbs = roster.add_subparsers(required=True, metavar="review")
    review = verbs.add_parser("review", help="review a list (.xlsx, .xls, .ods, .csv); nothing is stored")
    review.add_argument("file", type=Path)
    review.add_argument("--on", type=date.fromisoformat, help="the legal day, YYYY-MM-DD (default: today)")
    review.add_argument("--json", action="store_true", help="one JSON object a finding")
    review.set_defaults(command=run_review)


def run_review(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Review a file and print the findings; 0 when the file could be read.

    Raises:
        RegistryError: the file cannot be read or holds no list.
    """
    try:
        data = said.file.read_bytes()
    except OSError as error:
        raise InvalidError(
            N_("Файл %(file)s не открывается: проверьте путь и права."),
            code="roster-no-file",
            file=said.file.name,
        ) from error
    review = make_review(read_workbook(data, said.file.stem), said.on or legal_day(load_settings(environ)))
    lines = map(as_json, review.findings) if said.json else as_table(review)
    sys.stdout.writelines(line + "\n" for line in lines)
    return 0


def as_json(finding: Finding) -> str:
    """One finding as one line of JSON."""
    return json.dumps(
        {
            "sheet": finding.sheet,
            "row": finding.row,
            "level": finding.level,
            "field": finding.field,
            "code": finding.code,
            "text": finding.words,
            "typed": finding.typed,
            "understood": finding.understood,
        },
        ensure_ascii=False,
    )


def as_table(review: Review) -> list[str]:
    """The review for a person: counts, then errors first."""
    order = [Level.ERROR, Level.INCOMPLETE, Level.WARNING, Level.OK]
    counts = ", ".join(f"{name}: {number}" for name, number in review.counts.items())
    found = sorted(review.findings, key=lambda one: order.index(one.level))
    return [counts, *(_line(one) for one in found if one.field or one.level is not Level.OK)]


def _line(one: Finding) -> str:
    change = f" [{one.typed!r} -> {one.understood!r}]" if one.typed or one.understood else ""
    return f"{one.level:<10} {one.sheet}:{one.row} {one.field}: {one.words}{change}"
