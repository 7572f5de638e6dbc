"""The XML of packed books, looked through as it streams by: far cells, entities, macros, locks, the epoch.

The library that opens a book lays out the whole rectangle up to the last cell of each sheet, so a cell far
out must be met before. No document type is let in, so that no entity of its own can be expanded.
"""

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from registry.people.rosters.child.refusing import Limits, RefusedError, check_area

_LONGEST_GAP = 10_000  # blanks in a row that one element of an .ods may stand for
_MACRO_TYPES = ("vbaproject", "macroenabled", "macrosheet")


class Watch(Protocol):
    """What is looked for in the members of one format."""

    since_1904: bool

    def over(self, name: str) -> "Watcher | None":
        """Give who looks through the member of this name, None where nothing can hide in it."""


class Watcher:
    """Streams one member through the parser; refuses a document type, tells the rest to `meet`."""

    def __init__(self, limits: Limits, meet: "Meet | None" = None) -> None:
        self._elements_left = limits["elements"]
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        if meet is not None:
            self._parser.StartElementHandler = meet

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; too many elements are refused before anybody looks at each."""
        self._elements_left -= chunk.count(b"<") - chunk.count(b"</")
        if self._elements_left < 0:
            raise RefusedError("unpacked-too-large")
        self._parser.Parse(chunk, False)  # noqa: FBT003 - the parser takes no keyword

    def close(self) -> None:
        """Say that there are no more; what is not whole is damaged."""
        self._parser.Parse(b"", True)  # noqa: FBT003 - the parser takes no keyword


class Meet(Protocol):
    """Is told of each element as it begins."""

    def __call__(self, name: str, attributes: Mapping[str, str], /) -> None:
        """Look at an element, and refuse the file by raising."""


def _refuse_doctype(*_of: object) -> None:
    raise RefusedError("entities")


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


class XlsxWatch:
    """Looks through an .xlsx: its sheets for far cells, its list of types for macros."""

    def __init__(self, limits: Limits) -> None:
        self.since_1904 = False
        self._limits = limits
        self._rows = limits["rows"]
        self._columns = {column_name(number) for number in range(1, limits["columns"] + 1)}

    def over(self, name: str) -> Watcher | None:
        """Give who looks through a member."""
        if "worksheets/" in name and _is_xml(name) and "/_rels/" not in name:
            return Watcher(self._limits, self._meet_in_sheet)
        if name == "[content_types].xml":
            return Watcher(self._limits, self._meet_type)
        if name.endswith("workbook.xml"):
            return Watcher(self._limits, self._meet_in_workbook)
        # What stands beside, on authors and the like, is not opened by anybody and may be broken.
        return Watcher(self._limits) if _is_xml(name) and name.startswith("xl/") else None

    def _meet_in_sheet(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "v":  # half of all elements: the values of cells
            return
        if name == "c":
            place = attributes.get("r", "A1")
            letters = place.rstrip("0123456789")
            if letters not in self._columns or int(place[len(letters) :]) > self._rows:
                raise RefusedError("too-wide")
        elif name == "row" and int(attributes.get("r", 1)) > self._rows:
            raise RefusedError("too-wide")
        elif ":" in name:
            self._meet_in_sheet(name.rpartition(":")[2], attributes)

    def _meet_type(self, _name: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("ContentType", "").lower()
        if any(macro in kind for macro in _MACRO_TYPES):
            raise RefusedError("macros")

    def _meet_in_workbook(self, name: str, attributes: Mapping[str, str]) -> None:
        if name.rpartition(":")[2] == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}


def column_name(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class OdsWatch:
    """Looks through an .ods: its cells and rows with their repetitions, its manifest for a lock."""

    def __init__(self, limits: Limits) -> None:
        self.since_1904 = False
        self._limits = limits
        self._row = self._column = 0
        self._row_repeats = 1
        self._met = {
            "table:table": self._meet_table,
            "table:table-row": self._meet_row,
            "table:table-cell": self._meet_cell,
            "table:covered-table-cell": self._meet_cell,
            "text:s": self._meet_gap,
            "table:null-date": self._meet_epoch,
        }

    def over(self, name: str) -> Watcher | None:
        """Give who looks through a member."""
        if name == "content.xml":
            return Watcher(self._limits, self._meet_content)
        if name == "meta-inf/manifest.xml":
            return Watcher(self._limits, self._meet_in_manifest)
        return None

    def _meet_in_manifest(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name == "manifest:encryption-data":
            raise RefusedError("locked")

    def _meet_content(self, name: str, attributes: Mapping[str, str]) -> None:
        meet = self._met.get(name)
        if meet is not None:
            meet(attributes)

    def _meet_table(self, _attributes: Mapping[str, str]) -> None:
        self._row, self._row_repeats = 0, 0

    def _meet_row(self, attributes: Mapping[str, str]) -> None:
        self._row += self._row_repeats
        self._column = 0
        self._row_repeats = int(attributes.get("table:number-rows-repeated", 1))

    def _meet_cell(self, attributes: Mapping[str, str]) -> None:
        repeats = int(attributes.get("table:number-columns-repeated", 1))
        self._column += repeats
        if any(key.startswith("office:") or key == "table:formula" for key in attributes):
            check_area(self._row + self._row_repeats, self._column, self._limits)

    def _meet_gap(self, attributes: Mapping[str, str]) -> None:
        if int(attributes.get("text:c", 1)) > _LONGEST_GAP:
            raise RefusedError("too-much-text")

    def _meet_epoch(self, attributes: Mapping[str, str]) -> None:
        self.since_1904 = attributes.get("table:date-value", "").startswith("1904")
