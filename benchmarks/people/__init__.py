"""Rosters: reading, reviewing, approving, and reading the families back."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from benchmarks.figure import Figure
from benchmarks.people import floor, long, refusing
from benchmarks.people.installation import ON, make_tables, office
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
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    review, review_s = timed(lambda: make_review(sheets, ON))
    assert review.counts["ok"] == review.counts["rows"] == 749
    bare = f"bare calamine {floor.read_s(SAMPLE):.3f} s"
    yield Figure("people", "read 749 rows in 29 sheets", read_s, "s", limit=2, floor=bare, peak_mib=peak)
    yield Figure("people", "review 749 rows", review_s, "s", limit=2, floor=bare)
    yield from refusing.figures()
    with tempfile.TemporaryDirectory() as folder:
        yield from stored(Path(folder), data, sheets)
    yield from long.figures()


def timed(run: Callable[[], Value]) -> tuple[Value, float]:
    """Run and take the seconds."""
    begin = time.perf_counter()
    value = run()
    return value, time.perf_counter() - begin


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
    registry.engine.dispose()
    url, twin = registry.settings.database_url, f"sqlite:///{folder / 'floor.sqlite3'}"
    make_tables(twin)
    insert_s, rows = floor.insert_s(url, twin)
    bare_read = f"bare calamine {floor.read_s(SAMPLE):.3f} s"
    bare_write = f"bare insert of the {rows:,} rows {insert_s:.3f} s"
    bare_select = f"bare select of the rows {floor.select_s(url):.3f} s"
    kept = f"bare insert and sync of the file's {len(data):,} bytes {floor.keep_s(twin, data):.3f} s"
    yield Figure("people", "read and review 749 rows to be uploaded", review_s, "s", limit=5, floor=bare_read)
    yield Figure("people", "keep an upload of 749 rows", upload_s, "s", limit=0.5, floor=kept)
    yield Figure("people", "approve 749 rows", approve_s, "s", limit=5, floor=bare_write)
    yield Figure("people", "read 749 families", families_s, "s", limit=2, floor=bare_select)
