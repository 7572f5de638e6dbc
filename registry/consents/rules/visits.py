"""Visits of signers: how long links, codes and sittings hold, and how a destination is shown."""

import re
from datetime import timedelta
from enum import StrEnum

CODE_LASTS = timedelta(minutes=10)
SITTING_LASTS = timedelta(minutes=30)
LINK_LASTS = timedelta(days=60)
GUESSES = 5
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SENT_AN_HOUR = 4
SENT_A_DAY = 10
"""With five guesses a code: at most 20 guesses an hour and 50 a day for one person or one destination.

That holds for any hour and any day because what is counted goes back by the life of a code more: a code that
was sent just before the hour began can still be guessed at within it.
"""
COUNTED_FOR_HOUR = HOUR + CODE_LASTS
COUNTED_FOR_DAY = DAY + CODE_LASTS
CODE_DIGITS = 6
_DOTS = "···"


class Entered(StrEnum):
    """What came of entering a code."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    """Used, expired, or no guess is left: another code is needed."""


def plain_code(typed: str) -> str:
    """Read a code as people type it: blanks and dashes do not matter."""
    return re.sub(r"[\s-]", "", typed[:40])


def masked_phone(e164: str) -> str:
    """Show of a phone what its owner recognises: the country and the last four figures."""
    return f"{e164[:2]} {_DOTS} {_DOTS} {e164[-4:-2]} {e164[-2:]}"


def masked_email(address: str) -> str:
    """Show of an e-mail address what its owner recognises: the first letter and the domain."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}{_DOTS}@{domain}"
