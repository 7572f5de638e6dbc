"""What an act's evidence comes to: how its signer was identified and what kind of signature it is.

Told never better than it was: what is not known to be excluded counts as if it had happened.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from registry.consents.rules.acts import ActKind
from registry.programmes.rules import Means, NoticeKind

RETENTION: Final = timedelta(days=3 * 365)
"""How long an act and its evidence are kept after the last of them, unless an order says otherwise."""
RETENTION_RULE: Final = "three-years-after-the-last-act"


class Check(StrEnum):
    """Ways in which it is found out who acts."""

    LINK = "link_opened"
    SMS_CODE = "sms_code"
    EMAIL_CODE = "email_code"
    ESIA = "esia"


CODES: Final = frozenset({Check.SMS_CODE, Check.EMAIL_CODE})


class Identified(StrEnum):
    """How far it is known who acted; `RANKS` orders the ways of an online act."""

    STATE_AND_CODE = "state_and_code"
    OWN_CODE = "own_code"
    CODE_UNSURE = "code_unsure"
    CODE_BY_STAFF = "code_by_staff"
    LINK = "link"
    PAPER = "paper"
    FILE = "file"
    STAFF = "staff"
    UNKNOWN = "unknown"


RANKS: Final = (
    Identified.UNKNOWN,
    Identified.LINK,
    Identified.CODE_BY_STAFF,
    Identified.CODE_UNSURE,
    Identified.OWN_CODE,
    Identified.STATE_AND_CODE,
)
"""From the weakest to the strongest."""


class SignatureKind(StrEnum):
    """What an act is signed with."""

    AGREED_CODE = "agreed_code"
    FIRST_CODE = "first_code"
    BARE_CODE = "bare_code"
    HAND = "hand"
    QUALIFIED = "qualified"
    FILE = "file"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of how an act was made.

    Attributes:
        checks: those that were passed.
        link_seen: whether staff saw the link that was followed; contact_by_staff: whether staff gave the
            contact that the code went to, or changed it; None: not recorded.
        agreed: whether an agreement on the simple signature stood behind it.
        verified: whether a qualified signature was verified.
    """

    kind: ActKind
    notice: NoticeKind
    means: Means
    checks: frozenset[Check] = frozenset()
    link_seen: bool | None = None
    contact_by_staff: bool | None = None
    agreed: bool = False
    verified: bool = False


def identified(grounds: Grounds) -> Identified:
    """Tell how far it is known who acted."""
    if grounds.kind is ActKind.INVALIDATED:
        return Identified.STAFF
    if grounds.means is Means.PAPER:
        return Identified.PAPER
    if grounds.means is Means.QUALIFIED:
        return Identified.FILE
    if not grounds.checks & CODES:
        return Identified.LINK if grounds.checks else Identified.UNKNOWN
    return _by_code(grounds)


def _by_code(grounds: Grounds) -> Identified:
    if Check.ESIA in grounds.checks:
        return Identified.STATE_AND_CODE
    staff = (grounds.link_seen, grounds.contact_by_staff)
    if True in staff:
        return Identified.CODE_BY_STAFF
    return Identified.CODE_UNSURE if None in staff else Identified.OWN_CODE


def signature_kind(grounds: Grounds) -> SignatureKind:
    """Tell what an act is signed with."""
    if grounds.kind is ActKind.INVALIDATED:
        return SignatureKind.NONE
    if grounds.means is Means.PAPER:
        return SignatureKind.HAND
    if grounds.means is Means.QUALIFIED:
        return SignatureKind.QUALIFIED if grounds.verified else SignatureKind.FILE
    return _of_code(grounds)


def _of_code(grounds: Grounds) -> SignatureKind:
    if grounds.agreed:
        return SignatureKind.AGREED_CODE
    concludes = grounds.notice is NoticeKind.CODE_AGREEMENT and grounds.kind is ActKind.GIVEN
    return SignatureKind.FIRST_CODE if concludes else SignatureKind.BARE_CODE


def retained_until(recorded: date) -> date:
    """Give the day until which an act is kept at least; a later act on the same document moves it."""
    return recorded + RETENTION
