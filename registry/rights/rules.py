"""When a person's data may be destroyed, and what keeps them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from registry.errors import N_, ConflictError, ForbiddenError


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


TERM: Final = timedelta(days=30)
"""Calendar days after the withdrawal was received: 152-FZ, article 21 part 5."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An act that took a consent back: `on_day` is written on it, `recorded_at` when it was entered."""

    school_id: UUID
    programme: str
    consent_id: UUID
    act_id: UUID
    on_day: date
    recorded_at: datetime


LEAD: Final = timedelta(days=8)
"""At the least so long before its last day a destruction is begun: people are told a week ahead."""


def ends_of_purpose(valid_until: date, today: date) -> tuple[date, date]:
    """Give the day after the purpose's last one, and the last day to destroy what was kept for it.

    A registry that comes late to it does not destroy before people could be told.
    """
    over = valid_until + timedelta(days=1)
    return over, max(valid_until + TERM, today + LEAD)


class Told(StrEnum):
    """What a receiver of the data knows of the withdrawal."""

    CONFIRMED = "confirmed"
    TOLD = "told"
    REPLACED = "replaced"
    NOT_ACCEPTED = "not-accepted"
    NOT_TOLD = "not-told"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who was given the data: in which message, and what he said of the withdrawal."""

    name: str
    message_id: UUID
    told: Told
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a destruction destroyed: counts, whole persons by id, and the receivers as they stood then."""

    evidence: int
    texts: int
    scans: int
    payloads: int
    fields: int
    people: tuple[UUID, ...] = ()
    documents: int = 0
    signatures: int = 0
    receivers: tuple[Receiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Destruction:
    """What is destroyed because a consent was taken back.

    Attributes:
        act_id: of the withdrawal. last_day: on which the law wants it done at the latest.
        done_at, outcome: None until it was done.
    """

    id: UUID
    school_id: UUID
    programme: str
    consent_id: UUID
    act_id: UUID
    case_id: UUID
    received_on: date
    last_day: date
    begun_at: datetime
    done_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def revision(self) -> int:
        """How many facts the trail has of it."""
        return 1 if self.done_at is None else 2


def received_on(withdrawal: Withdrawal, recorded: date, today: date) -> date:
    """Tell on which day a withdrawal was received: when it was recorded, never before the day written on it.

    Args:
        withdrawal: the act.
        recorded: day of its recording in the installation's zone, by the real clock.
        today: the legal day, which a sandbox moves.
    """
    return max(withdrawal.on_day, min(recorded, today))
