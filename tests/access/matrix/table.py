"""The table of rights as it stands in rights.txt: a row for each route, read strictly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.access.matrix.actors import EVERYBODY

FILE = Path(__file__).with_name("rights.txt")
KINDS = ("own", "same", "other", "far")
NO_OBJECT = "-"


@dataclass(frozen=True)
class Row:
    """Who is let in to which kind of objects by one route.

    Attributes:
        may: letters of those who are let in, by kind; no entry where there is no such object.
        fixed: what fills places of the address that stand for no id; `form.NAME`: fields of the form.
    """

    endpoint: str
    may: Mapping[str, frozenset[str]]
    fixed: Mapping[str, str]

    def filled(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Fill the fixed parts with values: those of the address, and those of the form."""
        said = {name: text.format(**values) for name, text in self.fixed.items()}
        form = {name.removeprefix("form."): text for name, text in said.items() if name.startswith("form.")}
        return {**values, **{name: text for name, text in said.items() if "form." not in name}}, form


def read_rows() -> dict[str, Row]:
    """Read the table; a row of a wrong shape, or a second one for a route, is an error."""
    rows: dict[str, Row] = {}
    for row in _rows():
        assert row.endpoint not in rows, f"two rows for {row.endpoint}"
        rows[row.endpoint] = row
    return rows


def _rows() -> Iterator[Row]:
    for number, line in enumerate(FILE.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        endpoint, *cells = line.split()
        assert len(cells) >= len(KINDS), f"line {number}: five columns"
        said = dict(zip(KINDS, cells, strict=False))
        may = {kind: _letters(number, cell) for kind, cell in said.items() if cell != NO_OBJECT}
        assert "own" in may, f"line {number}: every route has an own object, or none at all"
        yield Row(endpoint, may, dict(one.split("=", 1) for one in cells[len(KINDS) :]))


def _letters(number: int, cell: str) -> frozenset[str]:
    if cell == "*":
        return frozenset(EVERYBODY)
    letters = frozenset(cell) - {"."}
    assert letters <= set(EVERYBODY), f"line {number}: {cell}"
    return letters
