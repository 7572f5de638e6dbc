"""What a look at a seal shows; apart from the looking, whose libraries take half a second to load."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How far a seal reaches: by its own clock only, or with a time that an authority vouches for."""

    B_B = "B-B"
    B_T = "B-T"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file's seal shows.

    Attributes:
        fingerprint: of the certificate that it claims, where that is one of ours; None for any other.
        sound: whether the seal is ours and holds over every byte of the file.
        level, sealed_at: of a sound seal; the time is the registry's own.
        stamped_at: the time that the authority vouches for; None without a stamp.
    """

    fingerprint: str | None = None
    sound: bool = False
    level: Level | None = None
    sealed_at: datetime | None = None
    stamped_at: datetime | None = None


NOTHING: Final = Seen()
