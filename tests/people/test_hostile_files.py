import contextlib
import io
import resource
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import InvalidError, RegistryError, TooLargeError
from registry.people.rosters.reader import LIMITS, Limits, read_workbook
from tests.people.books import CLEAN, HEADER, book, changed, sheet_xml

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD = book(**{"9Б": [HEADER, CLEAN]})
SHEET = "xl__worksheets__sheet1___xml"


def far_cell(place: str):
    return changed(
        GOOD,
        **{
            SHEET: sheet_xml(
                f'<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="{place}"><v>2</v></c></row>'
            )
        },
    )


def bomb(**members: bytes) -> bytes:
    return changed(GOOD, **members)


def encrypted():
    data = bytearray(GOOD)
    start = data.rfind(b"PK\x01\x02")
    data[start + 8] |= 1
    return bytes(data)


def other_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
    return out.getvalue()


FILES = {
    "empty": (b"", "roster-empty"),
    "a text": (b"\xd0\xa4\xd0\xb0\xd0\xbc\xd0\xb8\xd0\xbb\xd0\xb8\xd1\x8f;\n", "roster-damaged"),
    "cut in the middle": (GOOD[: len(GOOD) // 2], "roster-damaged"),
    "a page of HTML": (b"<html><table><tr><td>1</td></tr></table></html>", "roster-damaged"),
    "an old .xls": ((SAMPLES / "annex3-school-admins.xls").read_bytes(), "roster-old-or-locked"),
    "a book with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "roster-old-or-locked"),
    "an encrypted member": (encrypted(), "roster-old-or-locked"),
    "macros": (bomb(xl__vbaProject___bin=b"\0" * 10), "roster-macros"),
    "the last cell of a sheet": (far_cell("XFD1048576"), "roster-too-wide"),
    "a cell far to the right": (far_cell("XFD2"), "roster-too-wide"),
    "a cell far down": (far_cell("B1048576"), "roster-too-wide"),
    "300 members": (bomb(**{f"xl__media__{n}___bin": b"x" for n in range(300)}), "roster-too-many-members"),
    "zeros of 150 MB": (bomb(xl__media__a___bin=b"\0" * 150_000_000), "roster-unpacked-too-large"),
    "another zip": (other_zip(), "roster-not-xlsx"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_roster_is_refused_in_words(name: str):
    data, code = FILES[name]
    with pytest.raises(InvalidError) as caught:
        read_workbook(data)
    assert caught.value.slug == code


def test_a_sheet_that_breaks_off_is_refused_or_holds_nothing():
    try:
        sheets = read_workbook(bomb(**{SHEET: "<worksheet><sheetData><row"}))
    except InvalidError:
        return
    assert not any(sheet.rows for sheet in sheets)


def test_a_file_above_the_limit_is_refused_before_anything_opens_it():
    with pytest.raises(TooLargeError):
        read_workbook(b"PK" + b"\0" * LIMITS.packed)


def test_a_far_cell_that_hides_from_the_count_kills_only_the_child():
    hidden = sheet_xml(
        '<row r="1"><c t="n" r="&#65;1"><v>1</v></c></row><row r="1048576">'
        '<c  s="0" r="&#88;FD1048576"><v>2</v></c></row>'
    )
    with pytest.raises(InvalidError):
        read_workbook(changed(GOOD, **{SHEET: hidden}))


def test_entities_of_a_billion_laughs_are_not_laughed():
    xml = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + sheet_xml(
        '<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>'
    )
    try:
        sheets = read_workbook(changed(GOOD, **{SHEET: xml}))
    except InvalidError:
        return
    assert "haha" not in repr(sheets)


def test_a_child_that_takes_too_long_is_ended():
    with pytest.raises(InvalidError) as caught:
        read_workbook((SAMPLES / "school-17.xlsx").read_bytes(), Limits(seconds=0))
    assert caught.value.slug == "roster-died"


def test_a_child_without_memory_is_an_answer_too():
    with pytest.raises(InvalidError) as caught:
        read_workbook(GOOD, Limits(memory=8 << 20))
    assert caught.value.slug == "roster-died"


def test_an_answer_above_the_limit_is_refused():
    with pytest.raises(InvalidError) as caught:
        read_workbook((SAMPLES / "school-17.xlsx").read_bytes(), Limits(answer=10_000))
    assert caught.value.slug == "roster-too-much-text"


def test_a_text_of_100_kb_in_a_cell_is_cut():
    sheets = read_workbook(book(Лист1=[["Я" * 32_000]]))
    assert len(sheets[0].rows[0].cells[0]) == 2_000


def test_the_limits_of_the_child_are_not_those_of_the_parent():
    before = resource.getrlimit(resource.RLIMIT_AS)
    read_workbook(GOOD)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=2_000),
        st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40)),
    )
)
def test_any_bytes_are_read_or_refused(what: bytes | tuple[int, bytes]):
    if isinstance(what, tuple):
        place, patch = what
        what = GOOD[:place] + patch + GOOD[place + len(patch) :]
    with contextlib.suppress(RegistryError):
        read_workbook(what)
