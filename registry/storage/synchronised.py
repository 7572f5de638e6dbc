"""Whether the machine's clock is kept right by another: the kernel's own word."""

import ctypes
from functools import cache
from typing import Any, Final

OUT_OF_STEP: Final = 5
"""What the kernel answers while nobody sets its clock right (TIME_ERROR)."""
ROOM: Final = 512
"""More bytes than the kernel's answer has on any machine; zeros ask it to change nothing."""


def clock_state() -> str | None:
    """Say `synchronised` or `unsynchronised`; None where the kernel does not tell."""
    ask = _kernel()
    answer = -1 if ask is None else int(ask(ctypes.create_string_buffer(ROOM)))
    if answer < 0:
        return None
    return "unsynchronised" if answer == OUT_OF_STEP else "synchronised"


@cache
def _kernel() -> Any:  # noqa: ANN401 - a function of the C library
    return getattr(ctypes.CDLL(None), "adjtimex", None)
