"""The floor under a list: bare reading of its file, and bare inserting of the rows that it became."""

import time
from pathlib import Path

import python_calamine

from benchmarks.bare import connected, insert_rows, selected

BEFORE = (
    "regions",
    "municipalities",
    "schools",
    "classes",
    "workflow_versions",
    "cases",
    "roster_batches",
)
STORED = ("subject_keys", "persons", "contacts", "enrolments", "guardianships", "roster_changes")
"""What an approved list becomes: people and their ties, and a row a change, by which it can be taken back."""


def read_s(file: Path) -> float:
    """Seconds of the library alone, for all sheets."""
    begin = time.perf_counter()
    book = python_calamine.load_workbook(str(file))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
    return time.perf_counter() - begin


def insert_s(source: str, target: str) -> tuple[float, int]:
    """Seconds of the driver alone for the same rows into empty tables, in one transaction; their number."""
    with connected(source) as held:
        rows = {name: held.execute(selected(name)).fetchall() for name in (*BEFORE, *STORED)}
    with connected(target) as made:
        insert_rows(made, target, {name: rows[name] for name in BEFORE})
        begin = time.perf_counter()
        insert_rows(made, target, {name: rows[name] for name in STORED})
        return time.perf_counter() - begin, sum(len(rows[name]) for name in STORED)


def select_s(url: str) -> float:
    """Seconds of the driver alone to read the same rows."""
    with connected(url) as held:
        begin = time.perf_counter()
        for name in STORED:
            held.execute(selected(name)).fetchall()
        return time.perf_counter() - begin


def keep_s(url: str, data: bytes) -> float:
    """Seconds of SQLite's driver alone to keep a file's bytes in a row, durably."""
    with connected(url) as made:
        made.execute("CREATE TABLE kept (data BLOB)")
        begin = time.perf_counter()
        made.execute("INSERT INTO kept VALUES (?)", (data,))
        return time.perf_counter() - begin
