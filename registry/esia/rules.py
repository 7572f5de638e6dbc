"""What ESIA says of a person, every field of it optional, and how its texts are written and read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

BASE_SCOPE: Final = "openid fullname birthdate snils email mobile"
CHILDREN_SCOPE: Final = "kid_fullname kid_birthdate kid_snils"
SCOPE: Final = f"{BASE_SCOPE} {CHILDREN_SCOPE}"
_BIRTH_DATE = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
_SNILS = re.compile(r"(\d{3})-(\d{3})-(\d{3})[ -](\d{2})")
_CODE = re.compile(r"ESIA-(\d{6})")


class Level(StrEnum):
    """How far ESIA vouches for an account; it says no more than this to whoever asks."""

    CONFIRMED = "confirmed"
    CHILD = "child"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class SaidContact:
    """A phone or an e-mail address, as ESIA gives it; only a verified one counts as confirmed."""

    value: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Child:
    """A child on a person's list."""

    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    birth_date: date | None = None
    snils: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as ESIA tells of him; what he did not share, or ESIA does not hold, is None."""

    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    birth_date: date | None = None
    snils: str | None = None
    phone: SaidContact | None = None
    email: SaidContact | None = None
    children: tuple[Child, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in.

    Attributes:
        level: whether the account is confirmed. entered_by: PWD for a password, DS for a signature.
        session: number of the login at ESIA, for the evidence.
    """

    oid: str
    level: Level
    entered_by: str
    session: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Began:
    """A login under way: kept by who began it until the browser comes back.

    Attributes:
        state: comes back with the browser. nonce: comes back in the id_token. verifier: proves to ESIA that
            who asks for tokens is who began.
    """

    state: str
    nonce: str
    verifier: str


def written_time(now: datetime) -> str:
    """Write a moment as ESIA wants it: ``2021.02.12 00:15:26 +0000``."""
    return now.strftime("%Y.%m.%d %H:%M:%S %z")


def signed_text(parts: Sequence[str]) -> bytes:
    """Put together what a client_secret signs: the values in their order, with nothing between them."""
    return "".join(parts).encode()


def error_code(description: str) -> str:
    """Give the six figures of an error of ESIA, or nothing."""
    found = _CODE.search(description[:500])
    return found[1] if found else ""


def read_date(text: object) -> date | None:
    """Read ``ДД.ММ.ГГГГ``; None for anything else."""
    found = _BIRTH_DATE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def read_snils(text: object) -> str | None:
    """Read ``XXX-XXX-XXX YY`` and give its 11 digits; None for anything else."""
    found = _SNILS.fullmatch(text) if isinstance(text, str) else None
    return "".join(found.groups()) if found else None


def level_of(trusted: object, level: object) -> Level:
    """Read how far an account is confirmed: `is_tru` is absent, not false, where it is not."""
    if level == "KD":
        return Level.CHILD
    return Level.CONFIRMED if trusted is True else Level.UNCONFIRMED
