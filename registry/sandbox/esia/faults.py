"""Switches that make the stand misbehave, so that the registry can show that it bears it."""

from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock

from registry.errors import N_, InvalidError

LONGEST_WAIT_S = 60.0


class Place(StrEnum):
    """Which of the doors misbehaves."""

    AUTHORISE = "ac"
    TOKENS = "te"
    REST = "rest"


class Kind(StrEnum):
    """How it misbehaves."""

    HTML = "html"
    """A page instead of JSON."""
    BROKEN = "500"
    """An internal error."""
    SLOW = "slow"
    """An answer later than anybody waits."""
    ERROR = "error"
    """An error of ESIA by its number."""
    FORGED = "forged"
    """Tokens signed by another key."""
    FOREIGN = "foreign"
    """Tokens for another system."""
    EXPIRED = "expired"
    """Tokens whose time is over."""
    OTHER_ISSUER = "other-issuer"
    """Tokens of another issuer."""
    OTHER_STATE = "other-state"
    """The answer to another request."""
    OTHER_NONCE = "other-nonce"
    """Tokens of another login."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch that is on: how, with which number of an error, and how many seconds an answer is late."""

    kind: Kind
    code: str = ""
    wait_s: float = 5.0


@dataclass
class Faults:
    """Which switches are on; `reset` lets late answers go at once."""

    _on: dict[Place, Fault] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _released: Event = field(default_factory=Event)

    def switch(self, place: str, kind: str, code: str = "", wait_s: float = 5.0) -> None:
        """Switch one on.

        Raises:
            InvalidError: there is no such place or kind.
        """
        try:
            fault = Fault(Kind(kind), code[:6], max(0.0, min(wait_s, LONGEST_WAIT_S)))
            with self._lock:
                self._released.clear()
                self._on[Place(place)] = fault
        except ValueError:
            raise InvalidError(N_("Такого переключателя нет.")) from None

    def reset(self) -> None:
        """Switch everything off."""
        with self._lock:
            self._on.clear()
            self._released.set()

    def at(self, place: Place) -> Fault | None:
        """Tell what goes wrong at a door; a late answer is late here."""
        fault = self._on.get(place)
        if fault is not None and fault.kind is Kind.SLOW:
            self._released.wait(fault.wait_s)
            return None
        return fault

    def list(self) -> dict[str, str]:
        """Name what is on, by place."""
        return {place.value: fault.kind.value for place, fault in self._on.items()}
