"""A list reads back the same from every form in which schools send it."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError
from registry.people.rosters.findings import Level
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import Review, make_review
from registry.people.rosters.sheets import shown
from tests.people.books import CLEAN, HEADER, book, changed
from tests.people.forms import FORMS, TITLE, ods, text

ON = date(2020, 11, 2)
OLD = Path(__file__).with_name("xls")
SAMPLES = Path(__file__).parents[2] / "samples"
TEXTS = st.text("АБЯабяёЁ№«»\"'’;,.-:/()@+09azAZ \n", min_size=1, max_size=30).filter(str.strip)
CELLS = st.one_of(
    TEXTS,
    st.none(),
    st.dates(date(1901, 1, 1), date(2020, 11, 2)),
    st.integers(1, 99_999_999_999),
    st.sampled_from(["00836064433", "008-360-644 33", "+79085282526", "Щеглова-Ёлкина", "Б\"'; ,"]),
)
LISTS = st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)), min_size=1, max_size=6)


def seen(rows: Sequence[Sequence[object]]) -> list[tuple[int, list[str]]]:
    """Rows as a person sees them, with their numbers, without what is blank."""
    told = [(number, [shown(value) for value in row]) for number, row in enumerate(rows, 1)]
    return [(number, "\x00".join(row).rstrip("\x00").split("\x00")) for number, row in told if any(row)]


def unmarked(cell: str) -> str:
    """A cell of a text without the apostrophe by which it says that what follows is no formula."""
    return re.sub(r"^'(?='*[=+@\n-])", "", cell)


@given(LISTS, st.sampled_from(sorted(FORMS)))
def test_a_list_in_any_form_reads_back_the_same_rows(people: list[list[object]], form: str):
    rows = [HEADER, *people]
    (sheet,) = read_workbook(FORMS[form](rows), TITLE)
    assert sheet.title == TITLE
    meant = [[unmarked(shown(value)) for value in row] for row in rows] if form.startswith("text") else rows
    assert [(row.number, [shown(value) for value in row.cells]) for row in sheet.rows] == seen(meant)


def people_of(review: Review) -> list[object]:
    return [(str(row.class_name), row.row, [one.draft for one in row.people]) for row in review.rows]


@pytest.mark.parametrize("form", FORMS)
def test_a_roster_in_any_form_is_reviewed_alike(form: str):
    rows = [["Список класса"], [], HEADER, CLEAN, []]
    plain = make_review(read_workbook(book(**{TITLE: rows})), ON)
    found = make_review(read_workbook(FORMS[form](rows), TITLE), ON)
    assert people_of(found) == people_of(plain)
    assert found.counts["error"] == found.counts["incomplete"] == 0


@pytest.mark.parametrize("name", ["list.xls", "list-1904.xls"])
def test_an_old_book_is_reviewed_like_a_new_one(name: str):
    plain = make_review(read_workbook(book(**{TITLE: [HEADER, CLEAN]})), ON)
    sheets = read_workbook((OLD / name).read_bytes())
    assert sheets[0].since_1904 == ("1904" in name)
    assert people_of(make_review(sheets, ON)) == people_of(plain)


def test_an_old_book_of_another_list_is_read_sheet_by_sheet_with_the_numbers_of_its_rows():
    (sheet,) = read_workbook((SAMPLES / "annex3-school-admins.xls").read_bytes())
    assert sheet.title == "Приложение 3"
    assert [row.number for row in sheet.rows[:3]] == [1, 3, 4]
    assert sheet.rows[1].cells[2] == "ИНН"
    assert sheet.rows[2].cells[7] == "+79231110398"


@pytest.mark.parametrize(
    "path", sorted(path for path in SAMPLES.iterdir() if path.suffix != ".json"), ids=lambda path: path.name
)
def test_every_sample_is_read(path: Path):
    sheets = read_workbook(path.read_bytes(), path.stem)
    assert all(len(sheet.rows) > 10 for sheet in sheets), [sheet.title for sheet in sheets]
    assert max(len(row.cells) for sheet in sheets for row in sheet.rows) >= 8


def test_what_a_file_is_called_does_not_decide_how_it_is_read():
    for data in (book(**{TITLE: [HEADER, CLEAN]}), text([HEADER, CLEAN])):
        for name in (TITLE, "9Б.xlsx", "9Б.csv", "9Б.txt"):
            assert read_workbook(data, name)[0].rows[1].cells[1] == "Грачёв"


def test_a_text_is_called_by_its_title_and_a_book_by_its_own():
    assert read_workbook(text([HEADER, CLEAN]), "7А")[0].title == "7А"
    assert read_workbook(book(**{TITLE: [HEADER, CLEAN]}), "7А")[0].title == TITLE


def test_a_separator_that_the_first_line_names_is_believed_and_the_line_is_no_row():
    named = b"sep=,\r\n" + text([["а;б", "в;г"], ["д;е", "ж;з"]], separator=",")
    (sheet,) = read_workbook(named)
    assert [(row.number, row.cells) for row in sheet.rows] == [(1, ("а;б", "в;г")), (2, ("д;е", "ж;з"))]


def test_signs_of_other_separators_inside_of_cells_do_not_mislead():
    rows = [HEADER, *[["1", "Грачёв", "Ярослав, Олег, Илья, Пётр", *["а, б, в"] * 13] for _ in range(9)]]
    (sheet,) = read_workbook(text(rows, separator=";"))
    assert {len(row.cells) for row in sheet.rows} == {16}


def test_long_numbers_stay_text_in_a_text_and_keep_their_zeros():
    (sheet,) = read_workbook(text([HEADER, ["00836064433", '="00836064433"', "1,37777E+10"]]))
    assert sheet.rows[1].cells == ("00836064433", "00836064433", "1,37777E+10")


@pytest.mark.parametrize("shortened", ["1,37777E+10", "1.37777e+10", "7,96728E+10", "1E+11"])
@pytest.mark.parametrize(("place", "field"), [(5, "student.snils"), (14, "guardian.phone")])
def test_a_number_that_a_spreadsheet_shortened_is_called_damaged_and_not_guessed(
    shortened: str, place: int, field: str
):
    row = [*CLEAN[:place], shortened, *CLEAN[place + 1 :]]
    found = make_review(read_workbook(text([HEADER, row]), TITLE), ON)
    (error,) = (one for one in found.findings if one.level is Level.ERROR)
    assert (error.sheet, error.row, error.field, error.code) == (TITLE, 2, field, "number-shortened")
    assert error.typed == shortened
    assert "цифр потеряна" in error.words
    told = {person.draft.side: person.draft for person in found.rows[0].people}
    side, _, name = field.partition(".")
    assert getattr(told[side], name) is None


def test_a_snils_and_a_phone_kept_as_numbers_are_read_in_every_book():
    row = [*CLEAN[:5], 13777686320, 89672812056, *CLEAN[7:13], 836064433, 79085282526, CLEAN[15]]
    for data in (book(**{TITLE: [HEADER, row]}), ods(**{TITLE: [HEADER, row]})):
        student, mother = (one.draft for one in make_review(read_workbook(data), ON).rows[0].people)
        assert (student.snils, student.phone) == ("13777686320", "+79672812056")
        assert (mother.snils, mother.phone) == ("00836064433", "+79085282526")


def of_1904(data: bytes) -> bytes:
    """The same workbook, its days counted from 1904."""
    return changed(
        data,
        xl__workbook___xml='<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<workbookPr date1904="1"/><sheets><sheet name="9Б" sheetId="1" r:id="rId1"/></sheets></workbook>',
    )


def test_dates_of_a_book_that_counts_from_1904_are_right_with_and_without_their_format():
    days = (date(2005, 5, 22) - date(1904, 1, 1)).days
    parents = (date(1965, 9, 12) - date(1904, 1, 1)).days
    row = [*CLEAN[:4], days, *CLEAN[5:12], date(1965, 9, 12), *CLEAN[13:]]
    bare = [*CLEAN[:4], days, *CLEAN[5:12], parents, *CLEAN[13:]]
    first = read_workbook(of_1904(book(**{TITLE: [HEADER, row]})))
    assert first[0].since_1904
    # With its format the cell is a day already, and one of 1904's count: 1462 days later than it was written.
    assert make_review(first, ON).rows[0].people[1].draft.birth_date == date(1969, 9, 13)
    second = make_review(read_workbook(of_1904(book(**{TITLE: [HEADER, bare]}))), ON)
    assert [one.draft.birth_date for one in second.rows[0].people] == [date(2005, 5, 22), date(1965, 9, 12)]


def test_a_repeated_row_and_a_repeated_cell_of_an_ods_stand_where_they_are_shown():
    said = (
        '<table:table table:name="9Б"><table:table-row table:number-rows-repeated="3"><table:table-cell/>'
        "</table:table-row><table:table-row><table:table-cell table:number-columns-repeated='2'/>"
        '<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>а</text:p>'
        '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2">'
        '<table:table-cell office:value-type="float" office:value="5"/></table:table-row></table:table>'
    )
    (sheet,) = read_workbook(ods(content=said))
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (4, (None, None, "а", "а")),
        (5, (5.0,)),
        (6, (5.0,)),
    ]


def test_a_web_page_or_a_document_is_no_table_and_the_words_name_the_cure():
    for data in (b"<html><table><tr><td>1</td></tr></table></html>", b"{\\rtf1 a}", b"%PDF-1.4 a"):
        with pytest.raises(InvalidError) as caught:
            read_workbook(data)
        assert caught.value.slug == "roster-not-a-table"
        assert "сохраните как .xlsx" in caught.value.text


def test_the_separator_is_the_one_under_which_quotes_close():
    rows = [["Фамилия", "Имя"], ["Б\"'; ,", "Анна"]]
    (sheet,) = read_workbook(text(rows, separator=","), TITLE)
    assert [list(row.cells) for row in sheet.rows] == rows
