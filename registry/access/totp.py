"""Codes that change every half minute (TOTP, RFC 6238): making a secret, and finding the step of a code."""

import hmac
from datetime import datetime
from typing import Final

import pyotp

STEP: Final = 30
"""Seconds that a code stands; one step before and one after are taken as well, for clocks that differ."""
NEIGHBOURS: Final = (-1, 0, 1)
DIGITS: Final = 6


def new_secret() -> str:
    """Make a secret of 160 random bits, in base 32."""
    return pyotp.random_base32(32)


def setting_address(secret: str, login: str, issuer: str) -> str:
    """Give the address that an application reads out of the square code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=issuer)


def code_at(secret: str, step: int) -> str:
    """Give the code of a step."""
    return pyotp.TOTP(secret, interval=STEP).generate_otp(step)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Find the step whose code was typed, near now; none when it is no such code."""
    present = int(now.timestamp()) // STEP
    found = None
    for step in (present + one for one in NEIGHBOURS):
        # All three are looked at: how long it takes says nothing.
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            found = step
    return found
