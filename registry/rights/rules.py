"""When a person's data may be destroyed, and what keeps them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from registry.errors import N_, ConflictError, ForbiddenError

RETENTION: Final = timedelta(days=3 * 365)
"""How long an act and its evidence are kept after the last of them, unless an order says otherwise."""


class Kept(StrEnum):
    """Why data must be kept for now."""

    OPEN_SUBMISSION = "open-submission"
    OPEN_LIST = "open-list"
    RETENTION = "retention"


YIELDING: Final = frozenset({Kept.RETENTION})
"""What an order (of a court, of the authority) overrides; what is under way must come to its end first."""
WORDS: Final = {
    Kept.OPEN_SUBMISSION: N_("передача с его данными ещё не закончена"),
    Kept.OPEN_LIST: N_("список его школы ещё на проверке"),
    Kept.RETENTION: N_("срок хранения его согласий не истёк (нужен документ: --ordered)"),
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """One destruction that was asked for.

    Attributes:
        ordered: the document that demands it before the end of a term; "" when there is none.
        approved_by, done_at: None until a second person approved and it was done.
    """

    id: UUID
    person_id: UUID
    asked_by: UUID
    asked_at: datetime
    why: str
    ordered: str
    approved_by: UUID | None = None
    done_at: datetime | None = None

    @property
    def revision(self) -> int:
        """How many facts the trail has of it."""
        return 1 if self.done_at is None else 2


def demand_free(kept: Collection[Kept], ordered: str) -> None:
    """Refuse what would destroy data that must be kept.

    Raises:
        ConflictError: something is under way, or a term runs and nothing was ordered; names the reasons.
    """
    standing = [one for one in Kept if one in kept and not (ordered and one in YIELDING)]
    if standing:
        raise ConflictError(
            N_("Данные пока нельзя уничтожить: %(reasons)s."),
            code=f"kept-{standing[0].value}",
            reasons="; ".join(WORDS[one] for one in standing),
        )


def demand_second(erasure: Erasure, user_id: UUID) -> None:
    """Refuse what was done already, and the approval by whoever asked.

    Raises:
        ConflictError: it was done.
        ForbiddenError: the same person asked for it.
    """
    if erasure.done_at is not None:
        raise ConflictError(N_("Эти данные уже уничтожены."))
    if erasure.asked_by == user_id:
        raise ForbiddenError(N_("Уничтожение подтверждает другой человек, не тот, кто его запросил."))
