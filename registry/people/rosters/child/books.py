"""Books opened by the library: sheet by sheet, row by row, in what JSON can carry."""

import datetime as dt
import io
import re
from collections.abc import Iterator

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from registry.people.rosters.child.refusing import Limits, RefusedError, check_area

_TEXT_LIMIT = 2_000  # no field of a list is longer; a longer text is cut and refused by its field's rule
_HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_LARGEST = 1e300


def lines(data: bytes, limits: Limits, *, since_1904: bool = False) -> Iterator[object]:
    """Open a book that was looked through, and give what goes over the pipe.

    Raises:
        RefusedError: it is damaged or locked, holds macros, or is larger than a list may be.
    """
    try:
        rows = 0
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        if len(workbook.sheets_metadata) > limits["members"]:
            raise RefusedError("too-many-members")  # thousands of sheets may be one and the same part
        for sheet in _worksheets(workbook):
            rows += (sheet.end or (0, 0))[0]
            check_area(rows, (sheet.end or (0, 0))[1] + 1, limits)
            yield {"sheet": clean(sheet.name), "since_1904": since_1904}
            yield from _rows(sheet)
    except python_calamine.PasswordError:
        raise RefusedError("locked") from None
    except (python_calamine.CalamineError, ValueError, OverflowError):
        raise RefusedError("damaged") from None


def _worksheets(workbook: CalamineWorkbook) -> Iterator[CalamineSheet]:
    for place, about in enumerate(workbook.sheets_metadata):
        if about.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba):
            raise RefusedError("macros")
        if about.typ == SheetTypeEnum.WorkSheet:
            yield workbook.get_sheet_by_index(place)


def _rows(sheet: CalamineSheet) -> Iterator[object]:
    """Give the rows that hold anything, with their numbers in the sheet."""
    if sheet.start is None:
        return
    before = [None] * sheet.start[
        1
    ]  # the library gives the blank rows above, but not the columns to the left
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = without_tail([*before, *map(_value, row)])
        if cells:
            yield [number, cells]


def without_tail(cells: list[object]) -> list[object]:
    """Take away the blank cells at the end."""
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def clean(text: str) -> str:
    """Cut a text that no field can hold; show signs nobody can see, so that a field's rule meets them."""
    return _HARMFUL.sub("\ufffd", text[:_TEXT_LIMIT])


def _value(cell: object) -> object:
    """Turn what the library gives into what JSON can carry."""
    if isinstance(cell, str):
        return clean(cell) if cell and not cell.isspace() else None
    if isinstance(cell, dt.date):
        return {"date": cell.strftime("%Y-%m-%d")}
    if isinstance(cell, (dt.time, dt.timedelta, bool)):
        return str(cell)
    if isinstance(cell, float) and not abs(cell) < _LARGEST:  # so that NaN is met too
        return "?"
    return cell
