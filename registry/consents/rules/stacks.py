"""Scanned stacks: what becomes of a page, of a form, and who is drawn for a second look."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

HUNDRED: Final = 100


class StackState(StrEnum):
    """How far a stack is."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"


class PageState(StrEnum):
    """Where a page is: in its form, in the queue of those that nobody knows, or thrown away."""

    PLACED = "placed"
    QUEUED = "queued"
    THROWN = "thrown"


class Why(StrEnum):
    """Why a page is in no form by itself.

    `other_text` is said no more: a form finds its place whatever version of the text it bears.
    """

    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    SEVERAL = "several"
    DUPLICATE = "duplicate"
    OTHER_CLASS = "other_class"
    OTHER_TEXT = "other_text"
    ERASED = "erased"
    NOT_THIS = "not_this"


class Thrown(StrEnum):
    """Why somebody threw a page away."""

    BLANK = "blank"
    NOT_A_FORM = "not_a_form"
    REPEATED = "repeated"
    SPOILED = "spoiled"
    ELSEWHERE = "elsewhere"


class FormState(StrEnum):
    """Where a form stands.

    `back`: the second person sent it back, so that it is to be looked at once more; `fixing`: the family has
    something to mend; `dropped`: it is no form to be entered.
    """

    OPEN = "open"
    BACK = "back"
    FIXING = "fixing"
    CHECKING = "checking"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it."""
        return self in WAITING


WAITING: Final = frozenset({FormState.OPEN, FormState.BACK, FormState.FIXING})


class Fault(StrEnum):
    """What is wrong with a paper, or with what was entered from it."""

    NO_SIGNATURE = "no_signature"
    NO_DATE = "no_date"
    NO_DECISION = "no_decision"
    WRONG_DATA = "wrong_data"
    UNCLEAR_SCAN = "unclear_scan"
    WRONG_ENTRY = "wrong_entry"


class CheckState(StrEnum):
    """What the second person said."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark of ours says: consent, version of its text in capitals, page and number of pages."""

    consent: UUID
    version: str
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Printed:
    """What is known of a consent that a mark names: the version of its text, and whether it is awaited here.

    Attributes:
        in_class: whether the student is in the class.
        pages: how many the form has that came already; none came: None.
        erased: whether the data of one of its people were destroyed.
    """

    version: str
    in_class: bool
    pages: int | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a page belongs: to a mark's form, or into the queue for a reason."""

    mark: Marked | None = None
    why: Why | None = None


def place(
    marks: Collection[Marked],
    foreign: int,
    known: Mapping[UUID, Printed],
    taken: Collection[tuple[UUID, int]],
) -> Placing:
    """Tell where a page belongs.

    Args:
        marks: marks of ours that its square codes say, each once.
        foreign: how many other square codes are on it.
        known: consents of the school and programme by id.
        taken: pages that lie in a form already, by consent and number.
    """
    if len(marks) > 1:
        return Placing(None, Why.SEVERAL)
    if not marks:
        return Placing(None, Why.FOREIGN if foreign else Why.UNREADABLE)
    (mark,) = marks
    why = _why_not(mark, known.get(mark.consent)) or (
        Why.DUPLICATE if (mark.consent, mark.page) in taken else None
    )
    return Placing(None, why) if why else Placing(mark)


def _why_not(mark: Marked, printed: Printed | None) -> Why | None:
    if printed is None or printed.version.upper() != mark.version:
        return Why.FOREIGN
    if printed.erased:
        return Why.ERASED
    if not printed.in_class:
        return Why.OTHER_CLASS
    return Why.DUPLICATE if printed.pages not in {None, mark.pages} else None


def lacking(pages: int, there: Collection[int]) -> tuple[int, ...]:
    """Name the pages of a form that did not come."""
    return tuple(one for one in range(1, pages + 1) if one not in there)


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw of papers for the second look, which anybody can repeat: `number` is below `percent`, or is not.

    Attributes:
        percent: of papers that are looked at twice. seed: made before the paper was entered.
        number: from 0 to 99. again: an earlier entry was sent back: nothing is left to chance then.
    """

    percent: int
    seed: str
    number: int
    again: bool = False

    @property
    def drawn(self) -> bool:
        """Whether a second person has to look."""
        return self.percent > 0 and (self.again or self.number < self.percent)


def draw(percent: int, seed: str, subject: UUID, *, again: bool = False) -> Draw:
    """Draw whether a paper is looked at twice: SHA-256 of seed and id, its first four bytes modulo 100."""
    digest = hashlib.sha256(f"{seed}/{subject}".encode()).digest()
    return Draw(percent, seed, int.from_bytes(digest[:4]) % HUNDRED, again)
