"""What is wrong with a message, collected so that one rejection names all of it."""

import re
from uuid import UUID

from registry.transports.acknowledgement import MAX_REASONS, Reason


class Refusal(Exception):  # noqa: N818 - a verdict that travels, not a failure of the program
    """The message is rejected for these reasons."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(" ".join(dict.fromkeys(reason.code for reason in reasons)))
        self.reasons = reasons


class Findings:
    """Reasons found so far; more than an acknowledgement can carry are not kept."""

    def __init__(self) -> None:
        self._reasons: list[Reason] = []

    def add(self, code: str, text: str, entry_id: UUID | None = None) -> None:
        """Note one reason; `text` says in Russian what does not fit, without a person's data."""
        if len(self._reasons) < MAX_REASONS:
            self._reasons.append(Reason(code=code, text=text, entry_id=entry_id))

    def settle(self) -> None:
        """Reject the message if anything was found.

        Raises:
            Refusal: with all that was found.
        """
        if self._reasons:
            raise Refusal(*self._reasons)


def refuse(code: str, text: str) -> Refusal:
    """A rejection that makes further checks pointless."""
    return Refusal(Reason(code=code, text=text, entry_id=None))


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def uuid_of(value: object) -> UUID | None:
    """The UUID in its one usual spelling, or None."""
    return UUID(value) if isinstance(value, str) and _UUID.fullmatch(value) else None
