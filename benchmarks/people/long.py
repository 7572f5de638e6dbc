"""Fifty thousand students: from the file to the commit, against bare reading and bare inserting."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure
from benchmarks.people import floor, plain
from benchmarks.people.installation import make_tables
from benchmarks.people.lists import write_long_list
from tests.servers import DURABLE, running_postgres

MANY = 50_000
TIMES = 8
MOST_MIB = 400
MOST_CHILD_MIB = 256


def figures() -> Iterator[Figure]:
    """Measure on both databases."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = folder / "long.xlsx"
        write_long_list(file, MANY)
        for name, urls in databases(stack, folder).items():
            sealed_s = 0.0
            for figure in measured(name, folder / name, file, urls[:2]):
                sealed_s = sealed_s or figure.value
                yield figure
            yield from plain.ratio(name, folder / f"{name}-plain", file, urls[2], sealed_s)


def databases(stack: ExitStack, folder: Path) -> dict[str, tuple[str, str, str]]:
    """Give three empty databases of each kind: for the registry, for the floor, for the way unsealed."""
    server = stack.enter_context(running_postgres(DURABLE))
    names = ("way", "floor", "plain")
    for name in names:
        server.execute(f"CREATE DATABASE {name}")
    return {
        "sqlite": _three(f"sqlite:///{folder / name}.sqlite3" for name in names),
        "postgresql": _three(server.url(name) for name in names),
    }


def _three(urls: Iterable[str]) -> tuple[str, str, str]:
    way, bare, unsealed = urls
    return way, bare, unsealed


def measured(name: str, home: Path, file: Path, urls: tuple[str, str]) -> Iterator[Figure]:
    """Go the whole way, then the bare one."""
    found = went(urls[0], home, file)
    make_tables(urls[1])
    read_s, (insert_s, rows) = floor.read_s(file), floor.insert_s(*urls)
    seconds = found["seconds"]
    steps = ", ".join(f"{step} {value:.1f}" for step, value in seconds.items())
    whole = f"50,000 students on {name}"
    said = f"read {read_s:.2f} s + insert {rows:,} rows {insert_s:.2f} s"
    ratio = sum(seconds.values()) / (read_s + insert_s)
    yield Figure("people", f"{whole}: {steps}", sum(seconds.values()), "s", peak_mib=found["parent_mib"])
    yield Figure("people", f"{whole}, file to commit", ratio, "times", limit=TIMES, floor=said)
    yield Figure("people", f"{whole}, peak of the parent", found["parent_mib"], "MiB", limit=MOST_MIB)
    yield Figure("people", f"{whole}, peak of the child", found["child_mib"], "MiB", limit=MOST_CHILD_MIB)


def went(url: str, home: Path, file: Path, module: str = "benchmarks.people.way") -> dict[str, Any]:
    """Run the way in a process of its own."""
    home.mkdir()
    command = [sys.executable, "-m", module, url, str(home), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))
