"""The apostrophe that keeps a spreadsheet from calculating a cell of a text: put on, and taken away again."""

import re

_CALCULATED = "=+\\-@\t\r\n\0\uff0b\uff0d\uff1d\uff20"
"""What a spreadsheet may take for the beginning of a formula, the wide signs of East Asia among them."""
_TO_DEFUSE = re.compile(f"'*[{_CALCULATED}]")
_DEFUSED = re.compile(f"'+[{_CALCULATED}]")


def defused(cell: str) -> str:
    """Put an apostrophe before a cell that would be calculated, or that looks as if it had got one."""
    return f"'{cell}" if _TO_DEFUSE.match(cell) else cell


def as_it_was(cell: str) -> str:
    """Take the apostrophe away that `defused` put there; for every text the two undo each other."""
    return cell[1:] if _DEFUSED.match(cell) else cell
