"""What the child refuses a stack with."""

from typing import TypeAlias

Limits: TypeAlias = dict[str, int]


class RefusedError(Exception):
    """The file is no stack of scanned pages; carries the code that the reader puts into words."""
