"""Identities: UUID version 7 (RFC 9562), so that keys grow with time."""

import itertools
import os
from uuid import UUID

_sequence = itertools.count()


def uuid7(milliseconds: int) -> UUID:
    """Make an id of the given Unix time.

    Args:
        milliseconds: Unix time in milliseconds; the caller has the clock.
    """
    # The 12 bits beside the time count up: ids that one process makes in one millisecond keep their order.
    high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | (next(_sequence) & 0xFFF)
    low = 0x8000_0000_0000_0000 | (int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=high << 64 | low)
