"""The child process that opens one spreadsheet: run as a script of its own, with limits, never imported.

It reads the file from standard input and writes lines of JSON to standard output: a line for each sheet
(`{"sheet": title}`), a line for each row that is not blank (`[number, [cells]]`), and `{"end": true}`; or
one line `{"refused": code}`. A cell is null, text, a number, or `{"date": "YYYY-MM-DD"}`. It imports nothing
of the registry, sees none of its settings, and may die of its limits: the parent takes that as an answer.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

_CHUNK = 1 << 18
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]{0,200}?\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"']")
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
_TEXT_LIMIT = 2_000  # no field of a roster is longer; a longer text is cut and refused by its field's rule


class RefusedError(Exception):
    """The file is no roster that may be opened; carries the code that the parent puts into words."""


def limit(limits: dict[str, int]) -> None:
    """Take from this process the memory, the time and the files that a roster does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check_archive(data: bytes, limits: dict[str, int]) -> None:
    """Refuse by counting, before anything is taken apart: members, unpacked bytes, far cells, macros."""
    if data.startswith(_OLE):
        raise RefusedError("old-or-locked")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            check_members(members, limits)
            left = limits["unpacked"]
            for member in members:
                with archive.open(member) as stream:
                    left -= count_member(stream, member.filename, left, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise RefusedError("damaged") from None


def check_members(members: list[zipfile.ZipInfo], limits: dict[str, int]) -> None:
    """Refuse by the directory of the archive alone."""
    names = {member.filename.lower() for member in members}
    if len(members) > limits["members"]:
        raise RefusedError("too-many-members")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise RefusedError("old-or-locked")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedError("macros")
    if "[content_types].xml" not in names:
        raise RefusedError("not-xlsx")


def count_member(stream: IO[bytes], name: str, left: int, limits: dict[str, int]) -> int:
    """Unpack one member without keeping it; give its true size; look for cells out of the allowed area."""
    size, tail = 0, b""
    is_sheet = "worksheets/" in name.lower()
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > left:
            raise RefusedError("unpacked-too-large")
        if is_sheet:
            check_cells(tail + chunk, limits)
            tail = chunk[-256:]
    return size


def check_cells(xml: bytes, limits: dict[str, int]) -> None:
    """Refuse a cell far out: the reader would lay out the whole rectangle up to it."""
    for letters, digits in _CELL.findall(xml):
        check_area(int(digits), column_number(letters), limits)


def check_area(rows: int, columns: int, limits: dict[str, int]) -> None:
    """Refuse more rows or columns than a roster may have."""
    if rows > limits["rows"] or columns > limits["columns"]:
        raise RefusedError("too-wide")


def column_number(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def lines(data: bytes, limits: dict[str, int]) -> Iterator[object]:
    """Open the workbook and give what goes over the pipe, sheet by sheet."""
    import python_calamine  # noqa: PLC0415 - only after the limits stand and the archive was counted

    try:
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        rows = 0
        for place, about in enumerate(workbook.sheets_metadata):
            if about.typ is python_calamine.SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(place)
                rows += (sheet.end or (0, 0))[0]
                check_area(rows, (sheet.end or (0, 0))[1] + 1, limits)
                yield from sheet_lines(sheet)
    except (python_calamine.CalamineError, ValueError, OverflowError):
        raise RefusedError("damaged") from None


def sheet_lines(sheet: Any) -> Iterator[object]:  # noqa: ANN401 - the library's type is not there before the import
    """Give the title and the rows that hold anything."""
    yield {"sheet": str(sheet.name)}
    if sheet.start is None:
        return
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
        cells = [cell_value(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield [number, cells]


def cell_value(cell: object) -> object:
    """Turn what the library gives into what JSON can carry."""
    if isinstance(cell, str):
        text = cell[:_TEXT_LIMIT]
        return text if text.strip() else None
    if isinstance(cell, (dt.datetime, dt.date)):
        return {"date": cell.strftime("%Y-%m-%d")}
    if isinstance(cell, (dt.time, dt.timedelta, bool)):
        return str(cell)
    if isinstance(cell, float) and not (cell == cell and abs(cell) < 1e300):  # noqa: PLR0124, PLR2004 - NaN
        return "?"
    return cell


def write_lines(answer: Iterator[object], left: int) -> None:
    """Write what the parent will read, and stop where it would stop reading."""
    for line in answer:
        text = json.dumps(line)
        left -= len(text) + 1
        if left < 0:
            raise RefusedError("too-much-text")
        sys.stdout.write(text + "\n")


def main() -> None:
    """Read, check, answer."""
    limits = json.loads(sys.argv[1])
    limit(limits)
    data = sys.stdin.buffer.read()
    try:
        check_archive(data, limits)
        write_lines(lines(data, limits), limits["answer"])
        sys.stdout.write('{"end": true}\n')
    except RefusedError as refusal:
        sys.stdout.write(json.dumps({"refused": str(refusal)}) + "\n")


if __name__ == "__main__":
    main()
