"""Identities: UUID version 7 (RFC 9562), so that keys grow with time."""

import itertools
import os
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_TIME_SHIFT: Final = 80
_sequence = itertools.count()


def smallest_id(at: datetime) -> UUID:
    """Give the bound under which every id lies that was made before this time."""
    return UUID(int=max(0, int(at.timestamp() * 1000)) << _TIME_SHIFT)


def made_at(made: UUID) -> datetime:
    """Tell when an id was made, to the millisecond."""
    return datetime.fromtimestamp((made.int >> _TIME_SHIFT) / 1000, UTC)


def uuid7(milliseconds: int) -> UUID:
    """Make an id of the given Unix time.

    Args:
        milliseconds: Unix time in milliseconds; the caller has the clock.
    """
    # The 12 bits beside the time count up: ids that one process makes in one millisecond keep their order.
    high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | (next(_sequence) & 0xFFF)
    low = 0x8000_0000_0000_0000 | (int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=high << 64 | low)
