"""How long a session stands, and how long a proof of who one is lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session stands: without a click, and at most."""

    idle: timedelta
    most: timedelta


STAFF_PATIENCE = Patience(idle=timedelta(minutes=30), most=timedelta(hours=12))
VISITOR_PATIENCE = Patience(idle=timedelta(minutes=30), most=timedelta(hours=2))
LACKING_PATIENCE = Patience(idle=timedelta(minutes=10), most=timedelta(minutes=10))
"""Between the password and the code of the second factor."""
LONGEST_TOKEN_LIFE = timedelta(days=365)
TOKEN_SEEN_EVERY = timedelta(hours=1)
STEP_UP_LASTS = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)
CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the clocks of two servers may be apart; a time further ahead was told by a clock put back since."""


def stands(patience: Patience, created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Say whether a session is still good: neither idle nor old for too long."""
    return _lately(seen_at, now, patience.idle) and _lately(created_at, now, patience.most)


def stepped_up(at: datetime | None, now: datetime) -> bool:
    """Say whether the password was given again recently enough for an act that asks for it."""
    return at is not None and _lately(at, now, STEP_UP_LASTS)


def _lately(at: datetime, now: datetime, lasts: timedelta) -> bool:
    """Say whether a time is not longer ago than it may be, nor ahead, as a clock put back leaves it."""
    return -CLOCKS_DIFFER <= now - at < lasts


def worth_noting(seen_at: datetime, now: datetime) -> bool:
    """Say whether the last use that is on record is old enough to write a new one."""
    return now - seen_at >= SEEN_EVERY
