"""Two times of a decision: what was known on one day about another."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from registry.consents.rules.acts import SomeAct


def known_then(acts: Iterable[SomeAct], known_on: date, about: date, zone: ZoneInfo) -> list[SomeAct]:
    """Give the acts that had happened by one day, as far as they were recorded by the end of another.

    What was recorded later, an invalidation too, was not known; what is dated after the day that is asked
    about had not happened on it. An invalidation has no day of its own: it says what never counted.

    Args:
        acts: every act, in any order.
        known_on: the legal day at whose end somebody looks.
        about: the legal day that he asks about.
        zone: of the school.
    """
    known = [one for one in acts if _day_of(one.recorded_at, zone) <= known_on]
    return [one for one in known if one.invalidates is not None or one.on_day <= about]


def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
