"""Reminding: whom a reminder may go to, how often, and when it stays away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.programmes.rules import Programme

MOST = 5
"""Reminders of one request to one signer, those by hand among them."""
REPLACES = timedelta(days=3)
"""A reminder by hand makes needless the automatic one that would follow within this time."""
QUIET_FROM = time(21)
QUIET_UNTIL = time(9)
"""At night no reminder goes out: a text message wakes people up."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that went out.

    Attributes:
        on_day: legal day; a signer gets one a day in a programme, whatever it is about.
        by_hand: somebody pressed the button; otherwise the clock sent it.
        requests: what it is about: of several children one letter is enough.
    """

    id: UUID
    signer: UUID
    on_day: date
    by_hand: bool
    requests: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment for reminding: the legal day, and whether a person wants it or the clock."""

    day: date
    by_hand: bool


class Turn(StrEnum):
    """What becomes of reminding one signer of one request."""

    LETTER = "letter"
    JOIN = "join"
    """A letter of today reaches him already: it is noted for this request too."""
    NOTHING = "nothing"


class Silence(StrEnum):
    """Why a reminder by hand would reach nobody now."""

    DECIDED = "decided"
    NOT_ASKED = "not-asked"
    ON_PAPER = "on-paper"
    CHECKING = "checking"
    TODAY = "today"
    NOWHERE = "nowhere"
    ENOUGH = "enough"


def silence_of(told: Iterable[Reminder], signers: Iterable[tuple[UUID, bool]], today: date) -> Silence | None:
    """Say why none of the awaited signers can be reminded now; none where somebody can.

    Args:
        told: every reminder of this request.
        signers: who is awaited, and whether he can be written to.
        today: the legal day.
    """
    every, reached = list(told), [signer for signer, reachable in signers if reachable]
    if not reached:
        return Silence.NOWHERE
    left = [one for one in reached if sum(each.signer == one for each in every) < MOST]
    if not left:
        return Silence.ENOUGH
    today_told = {each.signer for each in every if each.on_day == today}
    return Silence.TODAY if today_told.issuperset(left) else None


def turn_of(request: UUID, asked_on: date, told: Iterable[Reminder], occasion: Occasion) -> Turn:
    """Decide on a reminder to one signer.

    Args:
        request: what he would be reminded of.
        asked_on: the legal day on which it was asked; on that day the invitation is enough.
        told: every reminder to him in the programme.
        occasion: when, and who wants it.
    """
    every = list(told)
    about = [one for one in every if request in one.requests]
    if len(about) >= MOST or any(one.on_day == occasion.day for one in about):
        return Turn.NOTHING
    if not occasion.by_hand and (asked_on >= occasion.day or replaced(about, occasion.day)):
        return Turn.NOTHING
    return Turn.JOIN if any(one.on_day == occasion.day for one in every) else Turn.LETTER


def replaced(about: Iterable[Reminder], day: date) -> bool:
    """Tell whether a reminder by hand stands for the automatic one of a day."""
    return any(one.by_hand and timedelta(0) <= day - one.on_day <= REPLACES for one in about)


def answer_by(programme: Programme, day: date) -> date:
    """Give the day until which a letter of this day asks to answer: late answers are taken too."""
    return programme.deadline if day <= programme.deadline else programme.valid_until


def out_of_night(now: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment from which a reminder may go out: now, or the end of this night."""
    local = now.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(now.tzinfo)
