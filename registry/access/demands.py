"""Who must have a second factor, and what a session that was opened by the password alone still lacks."""

from enum import StrEnum
from typing import Final

from registry.access.models.sessions import Known
from registry.access.rules import Role
from registry.config import Demand

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


def is_demanded(demand: Demand, roles: frozenset[Role]) -> bool:
    """Say whether an installation demands a second factor of who has these roles."""
    return demand is Demand.EVERYONE or (demand is Demand.REQUIRED and is_weighty(roles))


def lack_of(known: Known, demand: Demand) -> Lack | None:
    """Say what a session lacks before any page opens to it.

    Args:
        known: whose session it is, with the rights of the day.
        demand: of whom the installation demands a second factor.
    """
    if known.session.auth != BY_PASSWORD:
        return None
    if known.totp:
        return Lack.CODE
    demanded = is_demanded(demand, frozenset(right.role for right in known.rights))
    return Lack.ENROLMENT if demanded else None
