"""A list as a workbook: the columns that the reader of lists knows, every cell a text and never a formula."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

MOST_GUARDIANS = 4
"""So many groups of a guardian's columns are told apart by their headers."""
CLASS_HEADER = "Класс"

# These words are what `headers.find_header` reads back, and so they are in no catalogue.
_STUDENT = {
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "birth_date": "Дата рождения",
    "snils": "СНИЛС",
    "phone": "Телефон",
    "email": "Почта",
}
_GUARDIAN = {
    "last_name": "Фамилия родителя",
    "first_name": "Имя родителя",
    "middle_name": "Отчество родителя",
    "relation": "Кем приходится родитель",
    "birth_date": "Дата рождения родителя",
    "snils": "СНИЛС родителя",
    "phone": "Телефон родителя",
    "email": "Почта родителя",
}
STUDENT_FIELDS = tuple(_STUDENT)
GUARDIAN_FIELDS = tuple(_GUARDIAN)

# In memory: the library's other ways leave the cells in plain files of the machine's temporary folder.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTH = 18
_TEXT = 49  # number of the built-in format "@"
_MADE = datetime(1980, 1, 1, tzinfo=UTC)  # the bytes must not depend on the clock


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its title, the header and the rows under it, all of them texts."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]


def header(guardians: int) -> list[str]:
    """Name the columns of a student and of so many guardians."""
    more = [f"{label} {number}" for number in range(2, guardians + 1) for label in _GUARDIAN.values()]
    return [*_STUDENT.values(), *_GUARDIAN.values(), *more]


def write_workbook(pages: Iterable[Page]) -> bytes:
    """Write sheets; whatever a cell says, it is text, when the file is opened and when it is read back."""
    out = io.BytesIO()
    with open_workbook(out) as book:
        for page in pages:
            add_page(book, page)
    return out.getvalue()


@contextmanager
def open_workbook(out: io.BytesIO) -> Iterator[xlsxwriter.Workbook]:
    """Begin a workbook; it is written when the block ends, the same bytes for the same sheets."""
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        yield book


def add_page(book: xlsxwriter.Workbook, page: Page) -> "xlsxwriter.workbook.Worksheet":
    """Add a sheet whose columns keep texts as they are typed: leading zeros and long numbers survive."""
    plain = book.add_format({"num_format": _TEXT})
    bold = book.add_format({"num_format": _TEXT, "bold": True, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(page.title)
    sheet.set_column(0, len(page.header) - 1, _WIDTH, plain)
    sheet.freeze_panes(1, 0)
    for column, text in enumerate(page.header):
        sheet.write_string(0, column, text, bold)
    for number, cells in enumerate(page.rows, 1):
        for column, text in enumerate(cells):
            if text:
                sheet.write_string(number, column, text, plain)
    return sheet
