"""The interface of every way out, and what can come of an attempt."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from registry.transports.cleared import Cleared

log = logging.getLogger(__name__)


class Way(StrEnum):
    """By which road a message leaves."""

    HTTPS = "https"
    SFTP = "sftp"
    MAIL = "mail"
    FOLDER = "folder"


class Result(StrEnum):
    """What an attempt came to, as far as the line itself can tell."""

    ANSWERED = "answered"
    """A whole answer came; what it says counts only after its signature is verified."""
    HANDED_OVER = "handed_over"
    """Whoever stands at the end of this line has the whole message; the receiver has not answered yet."""
    REFUSED = "refused"
    """The door at the other end refused the message without a signed answer: it is not taken in."""
    NOT_SENT = "not_sent"
    """Nothing of the message left: it is safe to try again."""
    NOT_RECEIVED = "not_received"
    """Asked about a message, the receiver says that it has none with this id."""
    UNKNOWN = "unknown"
    """The message may have arrived, and this line cannot tell."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's result.

    Attributes:
        result: what it came to.
        acknowledgement: body of the answer, at most 64 KiB; empty unless ANSWERED.
        accepted: the door's own word on an answer (its status), a hint for people until the signed
            acknowledgement is verified; None where there was no answer.
        reason: stable slug for the attempt's row: "http-503", "read-timeout"; never a person's data.
        others: further answers to the same message, where anybody may put one (a mailbox); the first
            that verifies counts.
        wait: how long the receiver asks to be left alone; an hour at the most.
    """

    result: Result
    acknowledgement: bytes = b""
    accepted: bool | None = None
    reason: str = ""
    others: tuple[bytes, ...] = ()
    wait: timedelta = timedelta(0)


class Transport(Protocol):
    """A way out to one receiver; never raises for what happens outside, it tells the outcome."""

    way: Way

    @property
    def asks(self) -> bool:
        """Whether `ask` can tell that a message did not arrive; else only its acknowledgement tells."""

    def send(self, cleared: Cleared) -> Outcome:
        """Send the message once; its id makes a second copy of it the same message at the other end."""

    def ask(self, message_id: UUID) -> Outcome:
        """Ask what became of a message, and look for its acknowledgement."""

    def close(self) -> None:
        """Close what is open."""


def log_attempt(message_id: UUID, outcome: Outcome) -> Outcome:
    """Write one line about what came of an attempt, and give the outcome back."""
    logged = {"message": str(message_id), "result": outcome.result, "reason": outcome.reason}
    log.info("transports.attempt", extra={"attempt": logged})
    return outcome
