"""Which columns are sealed, under whose key, and to which place and row each of their values is bound.

A room says it where it declares the column, in the column's `info`; a guard holds that no sealed column is
without it. Whoever re-seals values under a new master key needs no other knowledge of the rooms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column

from registry.storage.schema import SealedBytes, metadata

SEALED: Final = "sealed"
NOBODY: Final = UUID(int=0)
"""Stands for the row where a value is bound to none."""


@dataclass(frozen=True, slots=True)
class Under:
    """How the values of a column are sealed.

    Attributes:
        master: whether any of them are sealed under a master key; each value says it of itself.
        subject: column that leads to the person under whose own key the others are (his id, or the id of a
            row that names him); "" when there are none.
        place: what a value under a master key is bound to; names of columns in braces stand for their values.
        row: column with the id that it is bound to as well; "" when it is bound to no row.
        version: column in which the version of the master key is kept besides; "" when there is none.
    """

    master: bool
    subject: str = ""
    place: str = ""
    row: str = ""
    version: str = ""

    def bound_to(self, values: Mapping[str, Any]) -> tuple[str, UUID]:
        """Give place and row of a value from the values of its row."""
        return self.place.format_map(values), values[self.row] if self.row else NOBODY


def under_subject(subject: str) -> dict[str, Under]:
    """Say that values are sealed under the own key of the person to whom a column leads."""
    return {SEALED: Under(master=False, subject=subject)}


def under_master(place: str, *, row: str, version: str = "") -> dict[str, Under]:
    """Say that values are sealed under a master key of the ring."""
    return {SEALED: Under(master=True, place=place, row=row, version=version)}


def under_either(place: str, *, row: str, subject: str) -> dict[str, Under]:
    """Say that values are sealed under a person's own key, or under a master key where there is none."""
    return {SEALED: Under(master=True, subject=subject, place=place, row=row)}


def sealed_columns() -> list[Column[bytes]]:
    """List every sealed column of the tables that were imported."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, SealedBytes)
    ]


def declared(column: Column[bytes]) -> Under | None:
    """Give what the room says of a sealed column."""
    found = column.info.get(SEALED)
    return found if isinstance(found, Under) else None


def under_a_master_key() -> list[tuple[Column[bytes], Under]]:
    """List the columns with values that a new master key concerns."""
    said = [(column, declared(column)) for column in sealed_columns()]
    return [(column, under) for column, under in said if under is not None and under.master]
