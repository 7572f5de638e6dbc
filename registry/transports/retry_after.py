"""How long a receiver asks to be left alone: the header Retry-After (RFC 9110, section 10.2.3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(hours=1)
"""A receiver that asks for more is asked again after this: nobody else may stop the registry for days."""


def asked_wait(headers: Mapping[str, str]) -> timedelta:
    """Read the wait; zero where none is asked for, or nothing that can be read.

    A date is held against the answer's own Date: the two clocks need not agree.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        # Nine digits are thirty years already; more of them would overflow.
        return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)
    until, at = _date(said), _date(headers.get("date", ""))
    if until is None or at is None:
        return timedelta(0)
    return max(timedelta(0), min(until - at, LONGEST_WAIT))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None
