"""The interface of every way out, and what can come of an attempt."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from registry.transports.cleared import Cleared


class Result(StrEnum):
    """What an attempt came to, as far as the line itself can tell."""

    ANSWERED = "answered"
    """A whole answer came; what it says counts only after its signature is verified."""
    REFUSED = "refused"
    """The receiver's door refused the request without a signed answer, for instance as not found."""
    NOT_SENT = "not_sent"
    """Nothing of the message left: it is safe to try again."""
    NOT_RECEIVED = "not_received"
    """Asked about a message, the receiver says that it has none with this id."""
    UNKNOWN = "unknown"
    """The message may have arrived: only asking for its id resolves this."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's result.

    Attributes:
        result: what it came to.
        acknowledgement: body of the answer, at most 64 KiB; empty unless ANSWERED.
        accepted: the door's own word on an answer (its status), a hint for people until the signed
            acknowledgement is verified; None where there was no answer.
        reason: stable slug for the attempt's row: "http-503", "read-timeout"; never a person's data.
        wait: how long the receiver asks to be left alone; an hour at the most.
    """

    result: Result
    acknowledgement: bytes = b""
    accepted: bool | None = None
    reason: str = ""
    wait: timedelta = timedelta(0)


class Transport(Protocol):
    """A way out to one receiver; never raises for what happens outside, it tells the outcome."""

    def send(self, cleared: Cleared) -> Outcome:
        """Send the message once; the message id is the idempotency key, so repeating does no harm."""

    def ask(self, message_id: UUID) -> Outcome:
        """Ask the receiver what became of a message."""
