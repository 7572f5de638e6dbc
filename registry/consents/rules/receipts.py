"""Which acts go into one receipt letter, and when it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from registry.programmes.rules import NoticeKind

QUIET: Final = timedelta(minutes=10)
"""So long after the last act of somebody nothing more is expected of him in this sitting."""
MOST_ACTS: Final = 20
"""Acts in one letter: more would not fit into its text, and go into the next one."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """An act for which no receipt letter was written yet.

    Attributes:
        made_at: when its id was made; `recorded_at` lies after it where the clock was put back.
        language: in which its text was read.
    """

    id: UUID
    school_id: UUID
    programme: str
    signer_id: UUID
    notice: NoticeKind
    recorded_at: datetime
    made_at: datetime
    language: str = "ru"


def due_sittings(unwritten: Iterable[Unwritten], quiet_since: datetime) -> list[Sequence[Unwritten]]:
    """Put together what one signer did in one programme of a school, and leave out who may go on yet."""
    sittings: dict[tuple[UUID, str, UUID], list[Unwritten]] = {}
    for one in unwritten:
        sittings.setdefault((one.school_id, one.programme, one.signer_id), []).append(one)
    done = [acts for acts in sittings.values() if max(one.recorded_at for one in acts) <= quiet_since]
    return [acts[begin : begin + MOST_ACTS] for acts in done for begin in range(0, len(acts), MOST_ACTS)]
