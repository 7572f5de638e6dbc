"""Rosters: reading, reviewing, approving, and reading the families back."""

import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import xlsxwriter

from benchmarks.figure import Figure
from benchmarks.people import long
from benchmarks.people.installation import ON, office
from registry.errors import InvalidError
from registry.people.models.families import families_of
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import make_review
from registry.people.rosters.sheets import Sheet
from registry.people.usecases import rosters
from registry.people.usecases.reviewing import ReadRoster, RosterFile, read_roster, show_review
from registry.trail.entries import SYSTEM, Actor

SAMPLE = Path(__file__).parents[2] / "samples" / "school-17.xlsx"

Value = TypeVar("Value")


def figures() -> Iterator[Figure]:
    """Measure, the small list first."""
    data = SAMPLE.read_bytes()
    sheets, read_s = timed(lambda: read_workbook(data))
    review, review_s = timed(lambda: make_review(sheets, ON))
    assert review.counts["ok"] == review.counts["rows"] == 749
    yield Figure("people", "read 749 rows in 29 sheets", read_s, "s", limit=2)
    yield Figure("people", "review 749 rows", review_s, "s", limit=2)
    yield refused()
    with tempfile.TemporaryDirectory() as folder:
        yield from stored(Path(folder), data, sheets)
    yield from long.figures()


def timed(run: Callable[[], Value]) -> tuple[Value, float]:
    """Run and take the seconds."""
    begin = time.perf_counter()
    value = run()
    return value, time.perf_counter() - begin


def refused() -> Figure:
    """A file whose one cell stands at the far end of the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        made.add_worksheet().write("XFD1048576", "x")

    def read() -> None:
        try:
            read_workbook(out.getvalue())
        except InvalidError:
            return
        message = "a far cell was let in"
        raise AssertionError(message)

    _, seconds = timed(read)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Figure("people", "refuse a far cell", seconds, "s", limit=2, peak_mib=peak)


def stored(folder: Path, data: bytes, sheets: tuple[Sheet, ...]) -> Iterator[Figure]:
    """Upload, approve and read back a school on SQLite."""
    registry, school = office(folder)

    clerk = Actor("staff", UUID(int=1), "clerk", "password", school)

    def review() -> ReadRoster:
        with registry.reading(clerk) as reading:
            return read_roster(reading, school, RosterFile(data, sheets))

    read, review_s = timed(review)

    def upload() -> UUID:
        with registry.work(clerk) as work:
            return rosters.upload(work, school, read).id

    batch, upload_s = timed(upload)
    with registry.reading(clerk) as reading:
        mark = show_review(reading, school, batch).mark

    def approve() -> None:
        with registry.work(clerk) as work:
            rosters.approve(work, school, batch, mark)

    def families() -> int:
        with registry.reading(SYSTEM) as reading:
            return len(families_of(reading.connection, reading.vault, school, ON))

    _, approve_s = timed(approve)
    count, families_s = timed(families)
    assert count == 749
    yield Figure("people", "read and review 749 rows to be uploaded", review_s, "s", limit=5)
    yield Figure("people", "keep an upload of 749 rows", upload_s, "s", limit=0.5)
    yield Figure("people", "approve 749 rows", approve_s, "s", limit=5)
    yield Figure("people", "read 749 families", families_s, "s", limit=2)
    registry.engine.dispose()
