"""Files made to do harm, with the code that the reader must answer to each."""

from collections.abc import Callable

from tests.people.books import CLEAN, HEADER, changed, sheet_xml
from tests.people.forms import MANIFEST, ods
from tests.people.hostile import (
    GOOD,
    GOOD_ODS,
    GOOD_TEXT,
    GOOD_XLS,
    LAUGHING,
    LAUGHS,
    OLD,
    OUTSIDE,
    SHEET,
    STRINGS,
    far_cell,
    in_directory,
    in_ods,
    in_sheet,
    locked_member,
    locked_xls,
    lying,
    many_rows,
    many_sheets,
    many_told_rows,
    other_zip,
    renamed,
    table,
    with_macro_type,
)

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
    "20,000 sheets in one": ("roster-too-many-members", many_sheets),
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
