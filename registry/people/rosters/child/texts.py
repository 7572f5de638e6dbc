"""Text with separators: .csv of any kind that spreadsheets write, and cells pasted from them."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from registry.people.rosters.child.books import clean, without_tail
from registry.people.rosters.child.defusing import as_it_was
from registry.people.rosters.child.refusing import Limits, RefusedError, check_area

_SEPARATORS = "\t;,"
_SAMPLE_SIGNS = 1 << 16
_SAMPLE_ROWS = 200
_TOLD = re.compile(r"sep=([\t;,])\r?\n", re.IGNORECASE)
_PAGE = re.compile(rb"\s*(?:<!doctype|<html|<\?xml|<table|\{\\rtf|%pdf)", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')  # how a spreadsheet is kept from making a number of a text


def lines(data: bytes, limits: Limits) -> Iterator[object]:
    """Give the rows of a text as one sheet without a title; cells stay text, so that no digit is lost.

    Raises:
        RefusedError: it is no text, its quotes do not close, or it is larger than a list may be.
    """
    text = decode(data)
    told = _TOLD.match(text)
    if told:
        text = text[told.end() :]
    separator = told[1] if told else separator_of(text)
    csv.field_size_limit(limits["packed"])
    yield {"sheet": "", "since_1904": False}
    yield from _rows(text, separator, limits)


def decode(data: bytes) -> str:
    """Read bytes as text: by its mark, else as UTF-8, else as Windows-1251, which old programs write.

    Raises:
        RefusedError: the bytes are no text.
    """
    if _PAGE.match(data.removeprefix(codecs.BOM_UTF8)):
        raise RefusedError("not-a-table")
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        if b"\0" in data:
            raise RefusedError("not-a-table")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_old(data)


def _decode_old(data: bytes) -> str:
    try:
        return data.decode("cp1251")
    except UnicodeDecodeError:
        raise RefusedError("not-a-table") from None


def separator_of(text: str) -> str:
    """Tell what separates the cells: the quotes close, most rows are of one width, and that the widest."""
    return max(_SEPARATORS, key=lambda separator: _evenness(text[:_SAMPLE_SIGNS], separator))


def _evenness(sample: str, separator: str) -> tuple[bool, int, int]:
    widths: Counter[int] = Counter()
    closed = True
    try:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, strict=True)
        widths.update(len(row) for row in islice(rows, _SAMPLE_ROWS) if len(row) > 1)
    except csv.Error as error:  # a cell goes on behind its closing quote, or the sample was cut within one
        closed = len(sample) == _SAMPLE_SIGNS and "unexpected end" in str(error)
    return closed and bool(widths), *max(((count, width) for width, count in widths.items()), default=(0, 0))


def _rows(text: str, separator: str, limits: Limits) -> Iterator[object]:
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            number += 1
            check_area(number, len(row), limits)
            cells = without_tail([_cell(cell) for cell in row])
            if cells:
                yield [number, cells]
    except csv.Error:
        raise RefusedError("quotes", number + 1) from None


def _cell(cell: str) -> object:
    if not cell or cell.isspace():
        return None
    kept = _KEPT_AS_TEXT.fullmatch(cell)
    return clean(kept[1] if kept else as_it_was(cell))
