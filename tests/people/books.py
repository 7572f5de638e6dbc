"""Workbooks made for the tests: lists as schools write them, and files made to do harm."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter

HEADER = [
    "№ п/п",
    "Фамилия",
    "Имя",
    "Отчество",
    "Дата рождения",
    "СНИЛС",
    "Телефон",
    "E-mail",
    "Фамилия родителя (законного представителя)",
    "Имя родителя",
    "Отчество родителя",
    "Кем приходится",
    "Дата рождения родителя",
    "СНИЛС родителя",
    "Телефон родителя",
    "E-mail родителя",
]
CLEAN = [
    1,
    "Грачёв",
    "Ярослав",
    "Анатольевич",
    date(2005, 5, 22),
    "137-776-863 20",
    "+79672812056",
    "g.y@example.org",
    "Грачёва",
    "Ирина",
    "Евгеньевна",
    "мать",
    date(1965, 9, 12),
    "008-360-644 33",
    "+79085282526",
    "g.i@example.org",
]


def book(**sheets: Iterable[Sequence[object]]) -> bytes:
    """A workbook of sheets given as rows of values."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as made:
        day = made.add_format({"num_format": "dd.mm.yyyy"})
        for title, rows in sheets.items():
            sheet = made.add_worksheet(title)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, place, value, day)
                    elif value is not None:
                        sheet.write(number, place, value)
    return out.getvalue()


def changed(data: bytes, **members: bytes | str) -> bytes:
    """The same archive with members put in place of others (name with __ for / and ___ for .)."""
    out = io.BytesIO()
    new = {name.replace("___", ".").replace("__", "/"): value for name, value in members.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in old.namelist():
            made.writestr(name, new.pop(name, None) or old.read(name))
        for name, value in new.items():
            made.writestr(name, value)
    return out.getvalue()


def sheet_xml(cells: str) -> str:
    """The XML of a sheet with the given cells."""
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
