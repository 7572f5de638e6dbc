"""The cursor of PostgreSQL's driver, with columns that are described when somebody asks for them."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

from psycopg import Column, Cursor


class _Columns(Sequence[Column]):
    """The columns of a result, each made on demand."""

    __slots__ = ("_cursor", "_number")

    def __init__(self, cursor: Cursor[Any], number: int) -> None:
        self._cursor = cursor
        self._number = number

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Column]:
        return (Column(self._cursor, place) for place in range(self._number))

    @overload
    def __getitem__(self, place: int) -> Column: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Column]: ...
    def __getitem__(self, place: int | slice) -> Column | Sequence[Column]:
        return list(self)[place]


class BriefCursor(Cursor[Any]):
    """Makes no list of a result's columns that nobody reads.

    SQLAlchemy asks for the list after every statement, and reads it after the first one of its kind alone. To
    describe fifty columns takes the driver longer than to fetch the row.
    """

    @property
    def description(self) -> Any:  # noqa: ANN401 - the driver says list, the standard a sequence
        """Give the columns of the result; None where it has none."""
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        return _Columns(self, result.nfields)
