"""Files that try to do harm are refused in words or read right, at a small cost, and take nobody down."""

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError, RegistryError, TooLargeError
from registry.people.rosters.reader import LIMITS, Limits, read_workbook
from registry.people.rosters.review import make_review
from registry.people.rosters.sheets import Sheet
from tests.people.books import CLEAN, HEADER, book, changed, sheet_xml
from tests.people.forms import ods, table, text
from tests.people.hostile import GOOD, GOOD_ODS, GOOD_TEXT, GOOD_XLS, OLD, SHEET
from tests.people.refused import REFUSED

ROOT = Path(__file__).parents[2]
SCHOOL = (ROOT / "samples" / "school-17.xlsx").read_bytes()
MOST_SECONDS = 2
MOST_MIB = 256


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a file, and what its reading took of the processor and of memory."""

    said: Mapping[str, object]
    seconds: float
    mib: float


def measure(data: bytes) -> Told:
    command = [sys.executable, "-m", "tests.people.measuring"]
    done = subprocess.run(command, input=data, capture_output=True, check=True, cwd=ROOT)
    said = json.loads(done.stdout)
    return Told(said, said["seconds"], said["mib"])


@pytest.mark.parametrize("name", REFUSED)
def test_a_harmful_file_is_refused_in_words_at_a_small_cost(name: str):
    code, make = REFUSED[name]
    told = measure(make())
    assert told.said.get("refused") == code
    assert str(told.said["words"]).endswith(".")
    assert told.seconds <= MOST_SECONDS
    assert told.mib <= MOST_MIB


def linked() -> bytes:
    """A workbook that points at another one, and holds what it read there last."""
    link = '<externalLink><externalBook r:id="rId1"/></externalLink>'
    return changed(
        GOOD,
        xl__externalLinks__externalLink1___xml=link.replace("<externalLink>", '<externalLink xmlns:r="r">'),
        xl__externalLinks___rels__externalLink1___xml___rels='<Relationships><Relationship Id="rId1" '
        'Target="http://127.0.0.1:9/a.xlsx" TargetMode="External"/></Relationships>',
    )


HARMLESS = {
    "links to another book": linked,
    "an old book of 100 KB in one cell": (OLD / "long-cell.xls").read_bytes,
    "control characters in an old book": (OLD / "control-characters.xls").read_bytes,
    "100 KB in one cell of an ods": lambda: ods(**{"9Б": [HEADER, CLEAN, ["Я" * 50_000]]}),
    "100 KB in one cell of a text": lambda: text([HEADER, CLEAN, ["Я" * 50_000]]),
    "100 KB in one cell of an xlsx": lambda: book(**{"9Б": [HEADER, CLEAN, ["Я" * 32_000]]}),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_strange_file_is_read_at_a_small_cost(name: str):
    data = HARMLESS[name]()
    told = measure(data)
    assert told.said.get("rows", 0) >= 2, told.said
    assert told.seconds <= MOST_SECONDS
    assert told.mib <= MOST_MIB
    longest = max(len(str(cell)) for sheet in read_workbook(data) for row in sheet.rows for cell in row.cells)
    assert longest <= 2_000


def test_a_book_that_points_at_another_is_read_as_it_was_saved():
    assert read_workbook(linked()) == read_workbook(GOOD)


def test_a_broken_part_that_nobody_reads_is_no_hindrance():
    assert read_workbook(changed(GOOD, docProps__app___xml="<Properties><broken &")) == read_workbook(GOOD)
    assert read_workbook(ods(members={"meta.xml": "<broken &"}, **{"9Б": [HEADER, CLEAN]}))[0].rows


@pytest.mark.parametrize(
    "data",
    [
        (OLD / "control-characters.xls").read_bytes(),
        text([HEADER, [1, "Гра\x01чёв", "Яро\x1bслав", *CLEAN[3:]]]),
        book(**{"9Б": [HEADER, [1, "Гра\x01чёв", "Яро\x1bслав", *CLEAN[3:]]]}),
    ],
    ids=["xls", "text", "xlsx"],
)
def test_signs_that_nobody_can_see_are_an_error_of_their_field(data: bytes):
    found = make_review(read_workbook(data, "9Б"), date(2020, 11, 2))
    errors = {(one.row, one.field) for one in found.findings if one.level == "error"}
    assert {(2, "student.last_name"), (2, "student.first_name")} <= errors


def test_a_text_whose_quotes_do_not_close_names_the_row():
    with pytest.raises(InvalidError) as caught:
        read_workbook(GOOD_TEXT + b'2;"' + GOOD_TEXT)
    assert caught.value.values == {"row": 3}


def full(rows: int) -> list[list[object]]:
    return [HEADER, *([number, *CLEAN[1:]] for number in range(1, rows))]


def long_xlsx(rows: int) -> bytes:
    """The good workbook with its second row many times, which then cannot tell its number."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as made:
        sheet = made.read("xl/worksheets/sheet1.xml").decode()
    start, end = sheet.index('<row r="2"'), sheet.index("</sheetData>")
    row = re.sub(r' r="[A-Z]*2"', "", sheet[start:end])
    return changed(GOOD, **{SHEET: sheet[:start] + row * (rows - 1) + sheet[end:]})


LONG = {
    "text": lambda: text([row[:8] for row in full(LIMITS.rows)]),
    "xlsx": lambda: long_xlsx(LIMITS.rows),
    "ods": lambda: ods(content=table("9Б", full(2), copies=LIMITS.rows - 1)),
}


@pytest.mark.parametrize("form", LONG)
def test_a_list_as_long_as_may_be_is_read_within_the_memory_of_the_child(form: str):
    told = measure(LONG[form]())
    assert told.said.get("rows") == LIMITS.rows, told.said
    assert told.mib <= MOST_MIB


def test_a_file_above_the_limit_is_refused_before_anything_opens_it():
    with pytest.raises(TooLargeError):
        read_workbook(b"PK" + b"\0" * LIMITS.packed)


@pytest.mark.parametrize("limits", [Limits(seconds=0), Limits(patience=0)], ids=["processor", "clock"])
def test_a_child_that_takes_too_long_is_ended(limits: Limits):
    with pytest.raises(InvalidError) as caught:
        read_workbook(SCHOOL, limits=limits)
    assert caught.value.slug == "roster-died"


def test_a_child_without_memory_is_an_answer_too():
    with pytest.raises(InvalidError) as caught:
        read_workbook(SCHOOL, limits=Limits(memory=8 << 20))
    assert caught.value.slug == "roster-died"


def test_an_answer_above_the_limit_is_refused():
    with pytest.raises(InvalidError) as caught:
        read_workbook(SCHOOL, limits=Limits(answer=10_000))
    assert caught.value.slug == "roster-too-much-text"


def test_the_limits_of_the_child_are_not_those_of_the_parent():
    before = resource.getrlimit(resource.RLIMIT_AS)
    read_workbook(GOOD)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_the_child_knows_nothing_of_the_registry_but_itself():
    said = "import sys, registry.people.rosters.child.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, cwd=ROOT, text=True)
    own = {name for name in done.stdout.split() if name.partition(".")[0] == "registry"}
    above = {"registry", "registry.people", "registry.people.rosters"}
    assert {name for name in own if not name.startswith("registry.people.rosters.child")} == above


def outcome(data: bytes) -> tuple[Sheet, ...] | str:
    """What is read, or the words of the refusal with their places filled."""
    try:
        return read_workbook(data)
    except RegistryError as error:
        return error.text % error.values


@given(st.sampled_from([GOOD, GOOD_ODS, GOOD_XLS, GOOD_TEXT]), st.data(), st.binary(min_size=1, max_size=40))
def test_a_file_damaged_anywhere_is_read_or_refused_in_words(good: bytes, draw: st.DataObject, patch: bytes):
    place = draw.draw(st.integers(0, len(good) - 1))
    found = outcome(good[:place] + patch + good[place + len(patch) :])
    assert found if isinstance(found, str) else all(isinstance(sheet, Sheet) for sheet in found)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused_in_words(data: bytes):
    found = outcome(data)
    assert found if isinstance(found, str) else len(found) == 1, "bytes that are no book can be one text only"


def test_after_a_file_that_kills_the_child_the_next_is_read():
    assert outcome((OLD / "far-cell.xls").read_bytes()).startswith("Файл не удалось прочитать")
    assert len(read_workbook(SCHOOL)) == 29


def test_cells_that_do_not_tell_their_place_are_still_counted():
    cells = "<row>" + "<c><v>1</v></c>" * 61 + "</row>"
    assert outcome(changed(GOOD, **{SHEET: sheet_xml(cells)})).startswith("В файле есть ячейки дальше")
