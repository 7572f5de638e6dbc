"""The bytes of a cleared message, held against what was cleared before any way out touches them."""

import hashlib
from collections.abc import Callable

from registry.errors import N_, TamperedError
from registry.transports.cleared import Cleared

Fetch = Callable[[str], bytes]
"""Gives the sealed bytes of a file id."""


def load(cleared: Cleared, receiver: str, fetch: Fetch) -> bytes:
    """Give the sealed bytes of a message that was cleared for this receiver.

    Raises:
        TamperedError: the stored bytes are not the ones that were cleared, or for another receiver.
    """
    sealed = fetch(cleared.file_id)
    if hashlib.sha256(sealed).hexdigest() != cleared.sha256 or cleared.receiver != receiver:
        raise TamperedError(
            N_("Передача остановлена: сохранённое сообщение не то, которое разрешено отправить."),
            code="message-changed",
        )
    return sealed
