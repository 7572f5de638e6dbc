"""The registry as a spreadsheet, for the people at the receiving end: text cells only, no formulas."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from registry.storage.trouble import disk_in_words
from registry.submissions.message import Part

_MEMORY = Path("/dev/shm")  # noqa: S108 - the system's memory: rows of people's data pass through no disk
MADE = datetime(1980, 1, 1, tzinfo=UTC)  # the bytes must not depend on the clock
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Part:
    """Write the rows under a header; the same rows give the same bytes.

    Raises:
        UnavailableError: the rows pass through a file of the system, and its disk is full.
    """
    try:
        with TemporaryDirectory(prefix="registry-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
            return _made(header, rows, folder)
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) else error
        told = disk_in_words(cause) if isinstance(cause, OSError) else None
        if told is None:
            raise
        raise told from error


def _made(header: Sequence[str], rows: Iterable[Sequence[str]], folder: str) -> Part:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS | {"tmpdir": folder})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("registry")
    count = 0
    try:
        _write(sheet, count, header)
        for cells in rows:
            count += 1
            _write(sheet, count, cells)
        book.close()
    finally:
        # The file that the rows pass through: whoever stops half-way must not leave it open.
        sheet.row_data_fh.close()
    return Part("registry.xlsx", out.getvalue(), count)


def _write(sheet: "xlsxwriter.worksheet.Worksheet", row: int, cells: Sequence[str]) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(row, column, cell)
