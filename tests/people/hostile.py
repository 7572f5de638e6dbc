"""Files made to do harm, in every form, with what the reader must answer to each."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.people.books import CLEAN, HEADER, book, changed, sheet_xml
from tests.people.forms import MANIFEST, ods, text

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


FAR_REPEAT = '<table:table-cell office:value-type="float" office:value="1"{}/>'
LOCKED_ODS = MANIFEST.replace(
    '.spreadsheet"/>', '.spreadsheet"><manifest:encryption-data/></manifest:file-entry>'
)
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("roster-empty", lambda: b""),
    "blanks": ("roster-empty", lambda: b" \r\n\t\n"),
    "a page of the web": ("roster-not-a-table", lambda: b"<!DOCTYPE html><table><tr><td>1</td></tr></table>"),
    "a picture": ("roster-not-a-table", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "another zip": ("roster-not-a-table", other_zip),
    "another old document": (
        "roster-not-a-table",
        lambda: renamed(GOOD_XLS, *_utf16("Workbook", "WordDocu")),
    ),
    "half an xlsx": ("roster-damaged", lambda: GOOD[: len(GOOD) // 2]),
    "half an ods": ("roster-damaged", lambda: GOOD_ODS[: len(GOOD_ODS) // 2]),
    "half an xls": ("roster-damaged", lambda: GOOD_XLS[: len(GOOD_XLS) // 3]),
    "an xlsx with a password": ("roster-locked", lambda: in_directory("EncryptedPackage")),
    "an xlsx with an encrypted member": ("roster-locked", locked_member),
    "an xls with a password": ("roster-locked", locked_xls),
    "an ods with a password": (
        "roster-locked",
        lambda: ods(members={"META-INF/manifest.xml": LOCKED_ODS, "content.xml": b"\x00\x01encrypted"}),
    ),
    "an ods with a newer password": ("roster-locked", lambda: ods(members={"encrypted-package": b"\x00"})),
    "an xlsx with macros": ("roster-macros", lambda: changed(GOOD, xl__vbaProject___bin=b"\0" * 10)),
    "an xlsx with hidden macros": ("roster-macros", with_macro_type),
    "an xlsx with old macros": (
        "roster-macros",
        lambda: changed(GOOD, xl__macrosheets__sheet1___xml=b"<x/>"),
    ),
    "an xls with macros": ("roster-macros", lambda: in_directory("_VBA_PROJECT_CUR")),
    "an ods with scripts": (
        "roster-macros",
        lambda: ods(members={"Basic/Standard/Module1.xml": "<script/>"}, **{"9Б": [HEADER, CLEAN]}),
    ),
    "the last cell of an xlsx": ("roster-too-wide", lambda: far_cell("XFD1048576")),
    "a cell far to the right": ("roster-too-wide", lambda: far_cell("XFD2")),
    "a cell far down": ("roster-too-wide", lambda: far_cell("B1048576")),
    "a far cell written as a code": ("roster-too-wide", lambda: far_cell("&#88;FD1048576")),
    "the last cell of an xls": ("roster-died", (OLD / "far-cell.xls").read_bytes),
    "a far cell of an ods": (
        "roster-too-wide",
        lambda: ods(
            content=table('<table:table-cell table:number-columns-repeated="16383"/>' + FAR_REPEAT.format(""))
        ),
    ),
    "a cell of an ods repeated to the right": (
        "roster-too-wide",
        lambda: ods(content=table(FAR_REPEAT.format(' table:number-columns-repeated="16384"'))),
    ),
    "a row of an ods repeated down": (
        "roster-too-wide",
        lambda: ods(content=table(FAR_REPEAT.format(""), ' table:number-rows-repeated="1048576"')),
    ),
    "a cell of an ods repeated without end": (
        "roster-too-wide",
        lambda: ods(content=table(FAR_REPEAT.format(f' table:number-columns-repeated="{10**18}"'))),
    ),
    "blanks of an ods without end": (
        "roster-too-much-text",
        lambda: ods(
            content=table(
                '<table:table-cell office:value-type="string"><text:p><text:s text:c="4000000000"/></text:p>'
                "</table:table-cell>"
            )
        ),
    ),
    "600,000 rows": ("roster-too-wide", many_rows),
    "600,000 rows that tell their numbers": ("roster-too-wide", many_told_rows),
    "a billion laughs in a sheet": ("roster-entities", lambda: in_sheet(LAUGHS, LAUGHING)),
    "a billion laughs among the strings": (
        "roster-entities",
        lambda: changed(GOOD, **{STRINGS: f"{LAUGHS}<sst><si><t>&j;</t></si></sst>"}),
    ),
    "an entity from outside in a sheet": ("roster-entities", lambda: in_sheet(OUTSIDE, LAUGHING)),
    "a billion laughs in an ods": ("roster-entities", lambda: in_ods(LAUGHS, _laughing_ods())),
    "an entity from outside in an ods": ("roster-entities", lambda: in_ods(OUTSIDE, _laughing_ods())),
    "10,000 members": (
        "roster-too-many-members",
        lambda: changed(GOOD, **{f"xl__media__{n}___bin": b"x" for n in range(10_000)}),
    ),
    "sizes that lie": ("roster-damaged", lambda: lying(GOOD)),
    "sizes that lie in an ods": ("roster-damaged", lambda: lying(GOOD_ODS)),
    "a name that leads out": ("roster-damaged", lambda: changed(GOOD, **{"..__..__etc__passwd": b"x"})),
    "two members of one name": (
        "roster-damaged",
        lambda: renamed(
            changed(GOOD, xl__one___xml=b"<a/>", xl__two___xml=b"<a/>"), "xl/two.xml", "xl/one.xml"
        ),
    ),
    "zeros of 150 MB": (
        "roster-unpacked-too-large",
        lambda: changed(GOOD, xl__media__a___bin=b"\0" * 150_000_000),
    ),
    "a sheet of elements that are no cells": (
        "roster-unpacked-too-large",
        lambda: changed(GOOD, **{SHEET: sheet_xml("<a/>" * 20_000_000)}),
    ),
    "a sheet that breaks off": (
        "roster-damaged",
        lambda: changed(GOOD, **{SHEET: "<worksheet><sheetData><row"}),
    ),
    "a sheet of a million cells a row": (
        "roster-too-wide",
        lambda: changed(GOOD, **{SHEET: sheet_xml("<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>")}),
    ),
    "a text of a million columns": ("roster-too-wide", lambda: b";".join([b"1"] * 1_000_000)),
    "a text of many million columns": ("roster-too-wide", lambda: b";" * ((10 << 20) - 1)),
    "a text of 100,000 rows": ("roster-too-wide", lambda: b"1;2\r\n" * 100_000),
    "quotes that never close": ("roster-quotes", lambda: GOOD_TEXT + b'2;"' + GOOD_TEXT * 20),
    "quotes that close too early": ("roster-quotes", lambda: GOOD_TEXT + '2;"Школа" № 5;x\r\n'.encode()),
    "zeros in a text": ("roster-not-a-table", lambda: GOOD_TEXT + b"\0\r\n"),
    "text in no known letters": ("roster-not-a-table", lambda: b"\x98\x98;\xff\xfe;" * 10),
}


def _laughing_ods() -> str:
    return '<table:table-cell office:value-type="string"><text:p>&j;</text:p></table:table-cell>'


def _utf16(*words: str) -> list[str]:
    return [word.encode("utf-16-le").decode() for word in words]
