"""Numbers of a document's versions: the first grows with what matters, the second with what does not."""

import re
from enum import StrEnum
from typing import Final

NUMBER: Final = re.compile(r"([1-9][0-9]{0,3})\.([0-9]{1,4})")


class Change(StrEnum):
    """How much a new text changes: whether who decided on the old one has decided on this one too."""

    MINOR = "minor"
    MAJOR = "major"


def is_number(version: str) -> bool:
    """Tell whether a version is written as ``2.1``."""
    return NUMBER.fullmatch(version) is not None


def major_of(version: str) -> int:
    """Give the first number of a version; 0 of one that is not written so."""
    found = NUMBER.fullmatch(version)
    return int(found[1]) if found else 0


def next_number(version: str, change: Change) -> str:
    """Give the number of the version after another."""
    found = NUMBER.fullmatch(version)
    first, second = (int(found[1]), int(found[2])) if found else (1, 0)
    return f"{first + 1}.0" if change is Change.MAJOR else f"{first}.{second + 1}"
