"""Who must have a second factor, and what a session that was opened by the password alone still lacks."""

from enum import StrEnum
from typing import Final

from registry.access.models.sessions import Known
from registry.access.rules import Role

WEIGHTY: Final = frozenset({Role.DIRECTOR, Role.OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR})
"""Roles whose loss hurts a whole school or more: a second factor, where demanded, and a longer password."""
BY_PASSWORD: Final = "password"  # noqa: S105 - the name of a way to sign in
BY_TOTP: Final = "password-totp"
BY_RECOVERY: Final = "password-recovery"


class Lack(StrEnum):
    """What is still to come after the password."""

    CODE = "code"
    ENROLMENT = "enrolment"


def is_weighty(roles: frozenset[Role]) -> bool:
    """Say whether one of the roles demands a second factor and a long password."""
    return bool(roles & WEIGHTY)


def lack_of(known: Known, *, required: bool) -> Lack | None:
    """Say what a session lacks before any page opens to it.

    Args:
        known: whose session it is, with the rights of the day.
        required: whether the installation demands a second factor of weighty roles.
    """
    if known.session.auth != BY_PASSWORD:
        return None
    if known.totp:
        return Lack.CODE
    demanded = required and is_weighty(frozenset(right.role for right in known.rights))
    return Lack.ENROLMENT if demanded else None
