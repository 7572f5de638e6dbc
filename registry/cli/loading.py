"""Loading code at a start: the collector would look through it again and again, and find no garbage in it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load code in a fifth less time; afterwards the collector passes over what was loaded.

    It writes to what it looks at, and memory that is written to is shared by processes no longer.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
