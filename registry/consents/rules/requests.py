"""Where the case of a request belongs, by the decision: one step at a time."""

from dataclasses import dataclass
from enum import StrEnum

from registry.consents.rules.decisions import State


class Stage(StrEnum):
    """The states of the process `consent-request`."""

    ASKED = "asked"
    ASKED_ANEW = "asked_anew"
    UNREACHABLE = "unreachable"
    ON_PAPER = "on_paper"
    LATE = "late"
    DECIDED = "decided"
    COMING_OF_AGE = "coming_of_age"
    EXPIRED = "expired"


class Move(StrEnum):
    """The steps of the process that follow the decision."""

    DECIDE = "decide"
    REOPEN = "reopen"
    LOSE_CONTACT = "lose_contact"
    FIND_CONTACT = "find_contact"
    TO_PAPER = "to_paper"
    FROM_PAPER = "from_paper"
    FORESEE = "foresee"
    SETTLE = "settle"


WAITING = frozenset({Stage.ASKED, Stage.ASKED_ANEW, Stage.UNREACHABLE, Stage.ON_PAPER, Stage.LATE})
"""Where the case of an open decision stands."""
MOST_MOVES = 4
"""More than any decision needs: a case that was decided may be asked anew, and be on paper."""
_WRITTEN_TO = frozenset({Stage.ASKED, Stage.ASKED_ANEW, Stage.LATE})


@dataclass(frozen=True, slots=True)
class Stands:
    """What says where a case belongs.

    Attributes:
        decision: of today.
        on_paper: it is managed on paper.
        foreseen: it is decided, and soon will be open by a birthday.
    """

    decision: State
    on_paper: bool = False
    foreseen: bool = False


def next_move(at: Stage, stands: Stands) -> Move | None:
    """Give the step that brings a case nearer to where it belongs; none when it is there."""
    if at is Stage.EXPIRED:
        return None
    return _of_decided(at, stands) if stands.decision.closed else _of_open(at, stands)


def _of_decided(at: Stage, stands: Stands) -> Move | None:
    if at in WAITING:
        return Move.DECIDE
    if stands.foreseen:
        return Move.FORESEE if at is Stage.DECIDED else None
    return Move.SETTLE if at is Stage.COMING_OF_AGE else None


def _of_open(at: Stage, stands: Stands) -> Move | None:
    if at not in WAITING:
        return Move.REOPEN
    if stands.on_paper or at is Stage.ON_PAPER:
        return _by_paper(at, on_paper=stands.on_paper)
    lost = stands.decision is State.UNREACHABLE
    if lost and at in _WRITTEN_TO:
        return Move.LOSE_CONTACT
    return Move.FIND_CONTACT if at is Stage.UNREACHABLE and not lost else None


def _by_paper(at: Stage, *, on_paper: bool) -> Move | None:
    if on_paper:
        return None if at is Stage.ON_PAPER else Move.TO_PAPER
    return Move.FROM_PAPER
