"""Makers of files that try to do harm, in every form."""

import io
import zipfile
from pathlib import Path

from tests.people.books import CLEAN, HEADER, book, changed, sheet_xml
from tests.people.forms import ods, text

OLD = Path(__file__).with_name("xls")
SHEET = "xl__worksheets__sheet1___xml"
STRINGS = "xl__sharedStrings___xml"
GOOD = book(**{"9Б": [HEADER, CLEAN]})
GOOD_ODS = ods(**{"9Б": [HEADER, CLEAN]})
GOOD_XLS = (OLD / "list.xls").read_bytes()
GOOD_TEXT = text([HEADER, CLEAN])
LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "haha">'
    + "".join(
        f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE w [<!ENTITY j SYSTEM "file:///etc/hostname">]>'
LAUGHING = '<row r="1"><c r="A1" t="str"><v>&j;</v></c></row>'


def far_cell(place: str) -> bytes:
    """A workbook of 1.4 KB whose cells stand at A1 and far out."""
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="{place}"><v>2</v></c></row>'
    return changed(GOOD, **{SHEET: sheet_xml(rows)})


def in_sheet(head: str, cells: str) -> bytes:
    """A workbook whose sheet begins with something else."""
    return changed(GOOD, **{SHEET: head + sheet_xml(cells).partition("?>")[2]})


def in_ods(head: str, cell: str) -> bytes:
    """An .ods whose content begins with something else."""
    with zipfile.ZipFile(io.BytesIO(ods(content=table(cell)))) as made:
        content = made.read("content.xml").decode()
    return ods(members={"content.xml": head + content.partition("?>")[2]})


def table(cells: str, row: str = "") -> str:
    """A sheet of an .ods with one row."""
    return f'<table:table table:name="9Б"><table:table-row{row}>{cells}</table:table-row></table:table>'


def renamed(data: bytes, old: str, new: str) -> bytes:
    """Other bytes of the same length: names in the directory of a zip archive or of an old book."""
    assert len(old) == len(new)
    assert old.encode() in data
    return data.replace(old.encode(), new.encode())


def in_directory(stream: str) -> bytes:
    """The old book with a further name in its directory, in one of the two entries that are free there."""
    data = bytearray(GOOD_XLS)
    workbook = data.find("Workbook".encode("utf-16-le"))
    free = workbook + 128
    assert not data[free : free + 64].strip(b"\0")
    name = stream.encode("utf-16-le")
    data[free : free + len(name)] = name
    return bytes(data)


def locked_xls() -> bytes:
    """The old book with the record that says that the rest is encrypted, in place of its writer's name."""
    data = bytearray(GOOD_XLS)
    place = data.find(b"\x5c\x00\x70\x00")
    assert place > 0
    data[place : place + 6] = b"\x2f\x00\x70\x00\x01\x00"
    return bytes(data)


def locked_member() -> bytes:
    """A workbook one member of which is encrypted."""
    data = bytearray(GOOD)
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying(data: bytes) -> bytes:
    """The archive with a directory that tells one byte for the unpacked size of each member."""
    told = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = told.find(mark)
        while place >= 0:
            told[place + offset : place + offset + 4] = (1).to_bytes(4, "little")
            place = told.find(mark, place + 4)
    return bytes(told)


def other_zip() -> bytes:
    """An archive that is no spreadsheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
    return out.getvalue()


def many_rows() -> bytes:
    """Six hundred thousand rows that do not tell their numbers, in a few dozen KB."""
    return changed(GOOD, **{SHEET: sheet_xml("<row><c><v>1</v></c></row>" * 600_000)})


def many_told_rows() -> bytes:
    """Six hundred thousand rows that tell their numbers."""
    rows = (f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 600_001))
    return changed(GOOD, **{SHEET: sheet_xml("".join(rows))})


def with_macro_type() -> bytes:
    """A workbook with macros under another name, which its list of types must name."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as made:
        types = made.read("[Content_Types].xml").decode()
    part = '<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    return changed(GOOD, **{"[Content_Types]___xml": types.replace("</Types>", part), "xl__a___bin": b"x"})


def many_sheets() -> bytes:
    """A workbook that calls its one sheet by twenty thousand names."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as made:
        head, sheet, tail = made.read("xl/workbook.xml").decode().partition('<sheet name="9Б" sheetId="1" ')
    assert sheet
    first, _, tail = tail.partition("/>")
    sheets = "".join(f'<sheet name="9Б {n}" sheetId="{n}" {first}/>' for n in range(1, 20_001))
    return changed(GOOD, xl__workbook___xml=f"{head}{sheets}{tail}")
