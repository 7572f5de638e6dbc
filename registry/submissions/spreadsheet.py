"""The registry as a spreadsheet, for the people at the receiving end: text cells only, no formulas."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter

from registry.errors import N_
from registry.storage.schema import Json
from registry.submissions.message import Part

FIELDS = ("last_name", "first_name", "middle_name", "birth_date", "snils", "email", "phone")
HEADINGS = {
    "last_name": N_("Фамилия"),
    "first_name": N_("Имя"),
    "middle_name": N_("Отчество"),
    "birth_date": N_("Дата рождения"),
    "snils": N_("СНИЛС"),
    "email": N_("E-mail"),
    "phone": N_("Телефон"),
}
MADE = datetime(1980, 1, 1, tzinfo=UTC)


def spreadsheet(entries: Sequence[Mapping[str, Json]]) -> Part:
    """Lay the entries of registry.jsonl out in rows: a student with one guardian a row."""
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("registry")
    row = 0
    for cells in _rows(entries):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
        row += 1
    book.close()
    return Part("registry.xlsx", out.getvalue(), row - 1)


def _rows(entries: Sequence[Mapping[str, Json]]) -> "Iterator[list[str]]":
    yield [
        "entry_id",
        "class",
        *(f"student.{field}" for field in FIELDS),
        "relation",
        *(f"guardian.{field}" for field in FIELDS),
    ]
    for entry in entries:
        student = _cells(entry["student"])
        for guardian in entry["guardians"] or [{}]:
            relation = str(guardian.get("relation") or "")
            yield [str(entry["entry_id"]), str(entry["class"]), *student, relation, *_cells(guardian)]


def _cells(person: Mapping[str, Json]) -> list[str]:
    return [str(person.get(field) or "") for field in FIELDS]
