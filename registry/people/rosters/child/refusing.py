"""What the child of the reader refuses a file with, and the limits that more than one format is held to."""

from typing import TypeAlias

Limits: TypeAlias = dict[str, int]


class RefusedError(Exception):
    """The file is no list that may be opened; carries the code that the reader puts into words."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.row = row


def check_area(rows: int, columns: int, limits: Limits) -> None:
    """Refuse more rows or columns than a list may have."""
    if rows > limits["rows"] or columns > limits["columns"]:
        raise RefusedError("too-wide")
