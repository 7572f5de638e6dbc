"""The way of one long list through the registry, in a process of its own so that its memory can be told.

Run as `python -m benchmarks.people.way URL HOME FILE`; prints an object: seconds of the steps, peaks in MiB.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from benchmarks.people.installation import office
from registry.people.rosters.reader import read_workbook
from registry.people.usecases import rosters
from registry.people.usecases.reviewing import ReadRoster, RosterFile, read_roster, show_review
from registry.trail.entries import Actor
from registry.work import Registry

Value = TypeVar("Value")


class Way:
    """The steps of the upload page and of the review page, each timed."""

    def __init__(self, registry: Registry, school: UUID) -> None:
        self.seconds: dict[str, float] = {}
        self._registry = registry
        self._school = school
        self._clerk = Actor("staff", UUID(int=1), "clerk", "password", school)

    def go(self, file: Path) -> None:
        """Read, review, keep, show, approve."""
        batch = self._timed("keep", partial(self._keep, self._read(file.read_bytes())))
        mark = self._timed("show", partial(self._show, batch))
        self._timed("approve", partial(self._approve, batch, mark))

    def _read(self, data: bytes) -> ReadRoster:
        sheets = self._timed("read", partial(read_workbook, data))
        return self._timed("review", partial(self._review, RosterFile(data, sheets)))

    def _timed(self, name: str, step: Callable[[], Value]) -> Value:
        begin = time.perf_counter()
        value = step()
        self.seconds[name] = time.perf_counter() - begin
        return value

    def _review(self, file: RosterFile) -> ReadRoster:
        with self._registry.reading(self._clerk) as reading:
            return read_roster(reading, self._school, file)

    def _keep(self, read: ReadRoster) -> UUID:
        with self._registry.work(self._clerk) as work:
            return rosters.upload(work, self._school, read).id

    def _show(self, batch: UUID) -> str:
        with self._registry.reading(self._clerk) as reading:
            return show_review(reading, self._school, batch).mark

    def _approve(self, batch: UUID, mark: str) -> None:
        with self._registry.work(self._clerk) as work:
            rosters.approve(work, self._school, batch, mark)


def peak_mib() -> float:
    """The highest resident memory of this process since it began to run this program."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def main() -> None:
    """Measure and print."""
    url, home, file = sys.argv[1:]
    way = Way(*office(Path(home), url))
    way.go(Path(file))
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": way.seconds, "parent_mib": peak_mib(), "child_mib": child}))


if __name__ == "__main__":
    main()
