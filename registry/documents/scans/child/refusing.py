"""What the child refuses a scan with."""

from typing import TypeAlias

Limits: TypeAlias = dict[str, int]


class RefusedError(Exception):
    """The file is no scan that may be kept; carries the code that the reader puts into words."""
