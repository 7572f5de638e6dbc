"""One list in every form that schools send: packed books, and text in its encodings and separators."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from registry.people.rosters.sheets import shown
from tests.people.books import book

Rows = Iterable[Sequence[object]]
TITLE = "9Б"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
)


def ods(*, content: str = "", members: Mapping[str, bytes | str] | None = None, **sheets: Rows) -> bytes:
    """An .ods of sheets given as rows of values; or of a given content of its body, or with other members."""
    inside = content or "".join(table(title, rows) for title, rows in sheets.items())
    said = {
        "mimetype": ODS,
        "META-INF/manifest.xml": MANIFEST,
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>'
        f"<office:body><office:spreadsheet>{inside}</office:spreadsheet></office:body>"
        "</office:document-content>",
    } | dict(members or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, value in said.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            made.writestr(name, value, compress_type=stored)
    return out.getvalue()


def table(title: str, rows: Rows, *, copies: int = 1) -> str:
    """A sheet as office programs write it: padded to the far end by one repeated blank cell and blank row.

    The last row may stand there many times, each written out.
    """
    told = [f"<table:table-row>{''.join(map(cell, row))}{PADDING}</table:table-row>" for row in rows]
    written = "".join(told[:-1]) + told[-1] * copies
    rest = f'<table:table-row table:number-rows-repeated="1048000">{PADDING}</table:table-row>'
    return f"<table:table table:name={quoteattr(title)}>{written}{rest}</table:table>"


PADDING = '<table:table-cell table:number-columns-repeated="16000"/>'


def cell(value: object) -> str:
    """A cell with its type and the text that a person sees."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return typed_cell("date", "date-value", value.isoformat(), value)
    if isinstance(value, (int, float)):
        return typed_cell("float", "value", str(value), value)
    return f'<table:table-cell office:value-type="string">{paragraphs(str(value))}</table:table-cell>'


def typed_cell(kind: str, attribute: str, said: str, value: date | float) -> str:
    """A cell that holds a value besides its text."""
    text = paragraphs(shown(value))
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{said}">{text}</table:table-cell>'
    )


def paragraphs(text: str) -> str:
    """Lines as paragraphs; more than one blank is an element there."""
    return "".join(f"<text:p>{escape(line).replace(' ', '<text:s/>')}</text:p>" for line in text.split("\n"))


def text(
    rows: Rows, *, separator: str = ";", encoding: str = "utf-8", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    """Text with separators, as spreadsheets save and copy it: every value as a person sees it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=quoting)
    writer.writerows([shown(value) for value in row] for row in rows)
    return out.getvalue().encode(encoding)


def _text_form(separator: str, encoding: str, quoting: int) -> Callable[[Rows], bytes]:
    return lambda rows: text(rows, separator=separator, encoding=encoding, quoting=quoting)


FORMS: dict[str, Callable[[Rows], bytes]] = {
    "xlsx": lambda rows: book(**{TITLE: rows}),
    "ods": lambda rows: ods(**{TITLE: rows}),
} | {
    f"text {encoding} {name} {how}": _text_form(separator, encoding, quoting)
    for encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16")
    for name, separator in (("comma", ","), ("semicolon", ";"), ("tab", "\t"))
    for how, quoting in (("as needed", csv.QUOTE_MINIMAL), ("all quoted", csv.QUOTE_ALL))
}
