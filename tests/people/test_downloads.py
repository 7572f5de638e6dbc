"""Lists taken away: uploaded again they say nothing new, and after one edit exactly that edit."""

import csv
import io
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry.access.rules import Role
from registry.errors import InvalidError
from registry.people.models.places import list_classes
from registry.people.relations import Relation, RelationKind
from registry.people.rosters.findings import Level
from registry.people.rosters.headers import find_header
from registry.people.rosters.layout import lay_out
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import Review
from registry.people.rosters.sheets import Cell, Sheet
from registry.people.rosters.template import write_template
from registry.people.rosters.text_table import write_text
from registry.people.rosters.workbook import MOST_GUARDIANS, Page, header, write_workbook
from registry.people.usecases.downloading import take_out
from registry.people.usecases.families import NewGuardian, add_guardian, bar_guardian
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.sandbox.sample.families import Inventor
from registry.sandbox.sample.schools import pages_of_school
from registry.trail.commitment import show
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.trail.pseudonyms import look_up
from registry.work import Registry
from registry.workflows import versions
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Employ, Office
from tests.web.browsers import PASSWORD, Browser

EXAMPLES = max(6, settings().max_examples // 20)


def downloaded(office: Office) -> bytes:
    with office.registry.work(office.clerk) as work:
        classes = list_classes(work.connection, office.school, 2020)
        return write_workbook(take_out(work, office.school, classes))


def reviewed(office: Office, data: bytes) -> Review:
    return office.review(office.upload(data)).review


EDITS = {
    "student.last_name": ("Фамилия", "Переменный"),
    "student.middle_name": ("Отчество", "Переменович"),
    "student.phone": ("Телефон", "8 (900) 000-00-01"),
    "student.email": ("Почта", "someone.new@example.org"),
    "guardian.last_name": ("Фамилия родителя", "Новая-Старая"),
    "guardian.middle_name": ("Отчество родителя", "Перемен-кызы"),
    "guardian.phone": ("Телефон родителя", "+7 900 000 00 02"),
    "guardian.email": ("Почта родителя", "parent.new@example.net"),
}


def only_children(sheets: Sequence[Sheet]) -> list[tuple[str, int]]:
    """Places of rows whose first guardian stands in no other: who stands in two must be edited in both."""
    column = sheets[0].rows[0].cells.index("СНИЛС родителя")
    places = [(sheet.title, row.number, row.cells[column]) for sheet in sheets for row in sheet.rows[1:]]
    counts = Counter(guardian for _, _, guardian in places)
    return [(title, number) for title, number, guardian in places if counts[guardian] == 1]


def edited(sheets: Sequence[Sheet], place: tuple[str, int], field: str) -> bytes:
    """Save a workbook anew with one cell changed."""
    label, value = EDITS[field]
    made: dict[str, list[list[Cell]]] = {}
    for sheet in sheets:
        column = sheet.rows[0].cells.index(label)
        rows = made[sheet.title] = [list(row.cells) for row in sheet.rows]
        for row, cells in zip(sheet.rows, rows, strict=True):
            if (sheet.title, row.number) == place:
                cells[column] = value
    return book(**made)


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 1 << 32), students=st.integers(5, 25), data=st.data())
def test_a_list_uploaded_again_is_the_same_and_after_one_edit_changed_in_that_field(
    found_office: Callable[[], tuple[Office, int]], seed: int, students: int, data: st.DataObject
):
    office, number = found_office()
    office.approve(write_workbook(pages_of_school(Inventor(seed << 16 | number).pupils(students))))
    taken = downloaded(office)
    found = reviewed(office, taken)
    assert len(found.rows) == students
    assert {(row.state, row.level) for row in found.rows} == {("same", Level.OK)}
    sheets = read_workbook(taken)
    place = data.draw(st.sampled_from(only_children(sheets)))
    field = data.draw(st.sampled_from(sorted(EDITS)))
    changed = reviewed(office, edited(sheets, place, field))
    assert [(one.sheet, one.row) for one in changed.rows if one.state != "same"] == [place]
    assert {one.level for one in changed.rows} == {Level.OK}
    told = [(one.sheet, one.row, one.field) for one in changed.findings if one.code == "will-change"]
    assert told == [(*place, field)]


@pytest.fixture
def found_office(registry: Registry) -> Callable[[], tuple[Office, int]]:
    """Founds one more school each time: no example meets the people of another."""
    numbers = count(1)
    with registry.work(SYSTEM) as work:
        name = "roster-review.toml"
        versions.publish(work, {name: versions.shipped()[name]})
        town = add_municipality(work, add_region(work, "27", "Край").id, "Город")

    def found() -> tuple[Office, int]:
        number = next(numbers)
        with registry.work(SYSTEM) as work:
            said = SchoolSaid(town.id, f"x{number}", f"Школа {number}", f"Школа {number}", "Город")
            return Office(registry, add_school(work, said).id), number

    return found


FORMULA = "=1+1@example.org"
HOSTILE = st.text(st.sampled_from("='+-@;,\"аЯ1 \t\r\n＝＋－＠"), min_size=1, max_size=6).filter(str.strip)


def test_what_looks_like_a_formula_stays_text_and_comes_back_as_it_was(office: Office):
    row = list(CLEAN)
    row[7], row[11] = FORMULA, "опекун (решение =HYPERLINK(1), 2)"
    office.approve(book(**{"9Б": [HEADER, row]}))
    taken = downloaded(office)
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]
    assert FORMULA in read_workbook(taken)[0].rows[1].cells
    assert [one.state for one in reviewed(office, taken).rows] == ["same"]


@pytest.mark.parametrize("text", ["=1+1", "+7", "-2", "@SUM(1)", "0012", "1e5", "http://example.org", "{=1}"])
def test_a_cell_of_a_workbook_is_the_text_that_was_given_whatever_it_looks_like(text: str):
    data = write_workbook([Page("9Б", ["Фамилия"], [[text]])])
    (sheet,) = read_workbook(data)
    assert sheet.rows[1].cells == (text,)


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=8))
def test_a_list_as_text_comes_back_cell_by_cell_and_nothing_in_it_is_calculated(rows: list[tuple[str, str]]):
    """The names stay equal: the apostrophe that keeps a spreadsheet from calculating is taken away again."""
    data = write_text([Page("9Б", ["Фамилия", "Имя"], [list(row) for row in rows])])
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
    assert not [cell for row in table for cell in row if cell.startswith(tuple("=+-@\t\r\n\0"))]
    assert re.fullmatch(r'(?:"(?:[^"]|"")*";"(?:[^"]|"")*";"(?:[^"]|"")*"\r\n)+', data.decode("utf-8-sig"))
    (sheet,) = read_workbook(data)
    assert [row.cells for row in sheet.rows[1:]] == [("9Б", *row) for row in rows]


def test_a_list_as_text_uploaded_again_says_nothing_new(clerk: Browser, office: Office):
    second = [*CLEAN]
    second[1:8] = ["Ёлкин", "Олег", None, "01.02.2005", "112-233-445 95", "+79160000001", FORMULA]
    office.approve(book(**{"9А": [HEADER, second], "9Б": [HEADER, CLEAN]}))
    clerk.post("/step-up", password=PASSWORD, next="/")
    for path in ("roster.csv", *(f"classes/{one.class_id}/roster.csv" for one in office.families())):
        answer = clerk.get(f"/schools/{office.school}/{path}")
        assert answer.mimetype == "text/csv"
        assert f"'{FORMULA}" in answer.text or "Ёлкин" not in answer.text
        assert "'+7916" in answer.text or "Ёлкин" not in answer.text
        found = reviewed(office, answer.data)
        assert {(row.state, row.level) for row in found.rows} == {("same", Level.OK)}


def test_no_cell_passes_through_the_temporary_folder_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    assert read_workbook(write_workbook([Page("9Б", ["Фамилия"], [["Грачёв"]])]))
    assert read_workbook(write_template(["9Б"]))


def test_the_header_of_a_downloaded_list_names_every_field_of_four_guardians():
    found = find_header(1, header(MOST_GUARDIANS))
    assert found is not None
    assert list(found.columns.values()) == list(range(len(header(MOST_GUARDIANS))))
    assert found.sides == ("guardian", "guardian2", "guardian3", "guardian4")


def test_guardians_who_represent_nobody_any_more_are_not_in_the_list(office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    with office.registry.work(office.clerk) as work:
        values: dict[str, object] = {"last_name": "Грачёв", "first_name": "Анатолий"}
        said = NewGuardian(values, Relation(RelationKind.FATHER))
        father = add_guardian(work, office.school, family.student.id, said)
        bar_guardian(work, office.school, family.student.id, father)
    taken = downloaded(office)
    assert "Анатолий" not in str(read_workbook(taken))
    assert [one.state for one in reviewed(office, taken).rows] == ["same"]


def test_everybody_in_a_list_that_was_taken_out_is_named_in_the_trail(office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    before = entries(office)
    downloaded(office)
    (leaf,) = [one for one in entries(office) if one not in before]
    with office.registry.reading(SYSTEM) as work:
        people = [family.student.id, family.guardians[0].person.id]
        known = look_up(work.connection, office.school, people)
    assert '"type":"person.exported"' in leaf
    assert all(show(one.ref) in leaf for one in known.values())


def entries(office: Office) -> list[str]:
    with office.registry.reading(SYSTEM) as work:
        return [leaf.decode() for leaf in work.connection.execute(select(trail_event.c.leaf)).scalars()]


def test_a_list_is_handed_out_as_a_file_that_no_cache_keeps_and_no_name_gives_away(
    clerk: Browser, office: Office
):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    assert clerk.get(f"/schools/{office.school}/roster.xlsx").location.startswith("/step-up?next=")
    clerk.post("/step-up", password=PASSWORD, next="/")
    lists = [f"{of}roster.{kind}" for kind in ("xlsx", "csv") for of in ("", f"classes/{family.class_id}/")]
    for path in (*lists, "rosters/template.xlsx"):
        answer = clerk.get(f"/schools/{office.school}/{path}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        named = rf'attachment; filename="[a-z0-9-]+\.{path[-4:].strip(".")}"'
        assert re.fullmatch(named, answer.headers["Content-Disposition"])
        assert read_workbook(answer.data)
    for path in ("classes", f"classes/{family.class_id}", "rosters"):
        assert ".xlsx" in clerk.get(f"/schools/{office.school}/{path}").text


def test_a_tutor_takes_out_his_own_classes_only(browser: Browser, office: Office, employ: Employ):
    second = [*CLEAN]
    second[1:8] = ["Ёлкин", "Олег", None, "01.02.2005", "112-233-445 95", "+79160000001", "e@example.org"]
    office.approve(book(**{"9А": [HEADER, second], "9Б": [HEADER, CLEAN]}))
    rooms = {str(one.class_name): one.class_id for one in office.families()}
    employ("tutor", Role.TUTOR, office.school, rooms["9А"])
    browser.sign_in("tutor")
    browser.post("/step-up", password=PASSWORD, next="/")
    for path in ("roster.csv", f"classes/{rooms['9А']}/roster.csv"):
        assert "Ярослав" not in browser.get(f"/schools/{office.school}/{path}").text
    assert browser.get(f"/schools/{office.school}/classes/{rooms['9Б']}/roster.csv").status_code == 404
    before = entries(office)
    for path in ("roster.xlsx", f"classes/{rooms['9А']}/roster.xlsx"):
        sheets = read_workbook(browser.get(f"/schools/{office.school}/{path}").data)
        assert [sheet.title for sheet in sheets] == ["9А"]
        assert "Ярослав" not in str(sheets)
    assert len(entries(office)) == len(before) + 2
    assert browser.get(f"/schools/{office.school}/classes/{rooms['9Б']}/roster.xlsx").status_code == 404


def test_another_school_takes_out_nothing(browser: Browser, offices: list[Office], employ: Employ):
    offices[0].approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = offices[0].families()
    employ("stranger", Role.CLERK, offices[1].school)
    browser.sign_in("stranger")
    browser.post("/step-up", password=PASSWORD, next="/")
    for school in (offices[0].school, offices[1].school):
        for kind, path in product(("xlsx", "csv"), ("roster", f"classes/{family.class_id}/roster")):
            assert browser.get(f"/schools/{school}/{path}.{kind}").status_code == 404


def test_the_template_says_that_nobody_is_in_it_yet(office: Office):
    for names in ([], ["9А", "9Б"]):
        with pytest.raises(InvalidError) as caught:
            lay_out(read_workbook(write_template(names)))
        assert caught.value.slug == "roster-no-rows"
        assert "пока никого нет" in caught.value.text


def test_the_template_filled_in_is_taken_without_a_remark(office: Office):
    sheets = {sheet.title: [list(row.cells) for row in sheet.rows] for sheet in template(["9А", "9Б"])}
    labels = sheets["Список"][0]
    student = dict(zip(HEADER[1:8], CLEAN[1:8], strict=True)) | {"Класс": "9Б", "Почта": CLEAN[7]}
    mother = dict(zip(labels[8:16], [*CLEAN[8:11], CLEAN[11], *CLEAN[12:16]], strict=True))
    sheets["Список"].append([(student | mother).get(str(label)) for label in labels])
    found = office.approve(book(**sheets))
    assert [(str(row.class_name), row.level, row.state) for row in found.rows] == [("9Б", Level.OK, "new")]
    (family,) = office.families()
    assert (family.student.snils, family.guardians[0].relation) == ("13777686320", RelationKind.MOTHER)


def template(names: Sequence[str]) -> tuple[Sheet, ...]:
    return read_workbook(write_template(names))


def test_the_cells_of_the_template_are_text_so_that_zeros_and_long_numbers_survive():
    with zipfile.ZipFile(io.BytesIO(write_template(["9Б"]))) as archive:
        styles, sheet = (archive.read(f"xl/{name}.xml").decode() for name in ("styles", "worksheets/sheet1"))
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    used = {int(style) for style in re.findall(r'<col [^>]*style="(\d+)"', sheet)}
    assert used
    assert {formats[style] for style in used} == {"49"}, "the built-in format of text"
    assert "$A$1:$A$1" in sheet, "the classes are offered"
