"""Rosters: reading, reviewing, approving, and reading the families back."""

import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import xlsxwriter

from benchmarks.figure import Figure
from registry.app import load_names
from registry.config import load_settings
from registry.errors import InvalidError
from registry.people.identifiers import format_snils, snils_check
from registry.people.models.families import families_of
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import make_review
from registry.people.rosters.sheets import Sheet
from registry.people.usecases import rosters
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.people.usecases.reviewing import ReadRoster, RosterFile, read_roster, show_review
from registry.storage.engine import make_engine
from registry.storage.keyring import KeyRing
from registry.storage.migrate import import_tables
from registry.storage.schema import metadata
from registry.trail.entries import SYSTEM, Actor
from registry.trail.keys import TrailKeys
from registry.work import Registry
from registry.workflows import versions

SAMPLE = Path(__file__).parents[1] / "samples" / "school-17.xlsx"
ON = date(2020, 11, 2)
MANY = 50_000
LETTERS = "абвгдежзиклмнопрст"
HEADER = (
    "Фамилия",
    "Имя",
    "Дата рождения",
    "СНИЛС",
    "Телефон",
    "E-mail",
    "Фамилия родителя",
    "Имя родителя",
    "Кем приходится",
    "Дата рождения родителя",
    "СНИЛС родителя",
    "Телефон родителя",
    "E-mail родителя",
)

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
    yield from many()


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


def office(folder: Path) -> tuple[Registry, UUID]:
    """A registry of its own on SQLite, with one school."""
    settings = load_settings({"REGISTRY_HOME": str(folder), "REGISTRY_TODAY": ON.isoformat()})
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    import_tables()
    engine = make_engine(settings.database_url)
    metadata.create_all(engine)
    engine.dispose()
    load_names()
    registry = Registry.open(settings)
    with registry.work(SYSTEM) as work:
        name = "roster-review.toml"
        versions.publish(work, {name: versions.shipped()[name]})
        town = add_municipality(work, add_region(work, "27", "Край").id, "Город")
        return registry, add_school(work, SchoolSaid(town.id, "17", "Школа", "Школа", "Город")).id


def many() -> Iterator[Figure]:
    """A list of fifty thousand students."""
    data = long_list(MANY)
    sheets, read_s = timed(lambda: read_workbook(data))
    review, review_s = timed(lambda: make_review(sheets, ON))
    assert review.counts["ok"] == MANY
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure("people", "read 50,000 rows", read_s, "s", limit=20, peak_mib=child)
    yield Figure("people", "review 50,000 rows", review_s, "s", limit=60, peak_mib=peak)


def long_list(rows: int) -> bytes:
    """A workbook of invented students, every number its own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("9Б")
        sheet.write_row(0, 0, HEADER)
        for number in range(rows):
            name = surname(number)
            row = (name, "Иван", "01.03.2005", snils(100_000_000 + number), f"+7916{number:07d}")
            row += (f"s{number}@example.org", name, "Анна", "мать", "01.03.1975")
            row += (snils(200_000_000 + number), f"+7926{number:07d}", f"p{number}@example.org")
            sheet.write_row(number + 1, 0, row)
    return out.getvalue()


def surname(number: int) -> str:
    """A word of letters for each number."""
    letters = ""
    while number or not letters:
        letters += LETTERS[number % len(LETTERS)]
        number //= len(LETTERS)
    return f"{letters.capitalize()}ов"


def snils(number: int) -> str:
    """A SNILS with right check digits."""
    nine = f"{number:09d}"
    return format_snils(nine + snils_check(nine))
