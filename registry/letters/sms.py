"""SMS: handing a text over to the gateway, one HTTP POST a text.

The gateway takes ``{"to", "text", "reference"}`` and answers 2xx with ``{"id"}``; the reference is the
letter's id and stands in `Idempotency-Key` too, so that a repeated POST sends nothing twice.
"""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import httpx

from registry.errors import N_
from registry.letters.envelopes import Envelope
from registry.letters.outcome import LaterError, NeverError

TIMEOUT: Final = 20.0
PROVIDER_ID: Final = 200
BUSY: Final = frozenset({408, 409, 425, 429})


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)


@dataclass(slots=True)
class Gateway:
    """Hands texts over to one gateway; connections stay open."""

    url: str
    _client: httpx.Client = field(default_factory=_client)

    def hand_over(self, letter_id: UUID, envelope: Envelope) -> str:
        """Hand a text over and give the gateway's id of it.

        Raises:
            LaterError: the gateway cannot be reached, is busy, or answers something else than agreed.
            NeverError: the gateway refuses the number or the text.
        """
        said = {"to": envelope.address, "text": envelope.text, "reference": letter_id.hex}
        try:
            answer = self._client.post(self.url, json=said, headers={"Idempotency-Key": letter_id.hex})
        except httpx.HTTPError as error:
            raise LaterError(
                N_("Шлюз SMS не отвечает: сообщение будет отправлено позже (%(what)s)."),
                what=type(error).__name__,
            ) from None
        if answer.is_client_error and answer.status_code not in BUSY:
            raise NeverError(N_("Шлюз SMS отказал: проверьте номер."))
        if not answer.is_success:
            raise LaterError(N_("Шлюз SMS занят: сообщение будет отправлено позже."))
        return _provider_id(answer)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _provider_id(answer: httpx.Response) -> str:
    """Read the gateway's id; it took the text already, so an odd answer is noted and not tried again."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("id", ""))[:PROVIDER_ID] if isinstance(said, dict) else ""
