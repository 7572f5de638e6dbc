"""When a secret is none: too short, made of too few characters, or one that everybody tries first."""

from typing import Final

SHORTEST: Final = 16
FEWEST: Final = 8
"""Different characters (or bytes) at least; a random secret of this length has more but once in a million."""
COMMON: Final = ("password", "passw0rd", "changeme", "secret", "postgres", "registry", "qwerty", "123456")


def is_weak(secret: str, owner: str = "") -> bool:
    """Say whether somebody would guess it.

    Args:
        secret: a password or passphrase.
        owner: name of who has it; a password built on it is none.
    """
    plain = secret.casefold()
    for known in (*COMMON, owner.casefold()):
        plain = plain.replace(known, "") if known else plain
    return len(plain) < SHORTEST or len(set(plain)) < FEWEST


def is_made_up(key: bytes) -> bool:
    """Say whether a key was typed by somebody and not drawn: bytes that repeat, or plain text."""
    return len(set(key)) < len(key) // 2 or key.isascii()
