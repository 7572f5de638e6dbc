"""A spreadsheet as it came: titles, rows with the numbers that the spreadsheet gives them, cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from registry.people.dates import format_date

Cell: TypeAlias = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank; the first row of a sheet has number 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title, its rows in order, and whether its bare numbers count days from 1904."""

    title: str
    rows: Sequence[Row]
    since_1904: bool = False


def shown(cell: Cell) -> str:
    """Show a cell as its typist sees it: a date as DD.MM.YYYY, a whole number without a point."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return format_date(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
