"""The sandbox platform's door for keys: what two real organisations do on paper."""

import base64
from dataclasses import dataclass
from typing import Any

import httpx

from registry.config import Settings
from registry.errors import N_, ConflictError, UnavailableError
from registry.keys.rules import Key

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Shown:
    """The key that the platform shows: to be held against its fingerprint on paper before it is believed."""

    receiver: str
    fingerprint: str
    public_key: str


def shown_key(settings: Settings) -> Shown:
    """Ask the sandbox platform for its public key.

    Raises:
        UnavailableError: it does not answer.
    """
    said = _ask(settings, "GET", "/keys", None)
    return Shown(said["receiver"], said["fingerprint"], said["public_key"])


def tell_key(settings: Settings, key: Key) -> None:
    """Hand a new own key over, with the statement of the one before it where there is one.

    Raises:
        UnavailableError: the platform does not answer.
        ConflictError: it does not take the key.
    """
    said = {"owner": key.owner, "fingerprint": key.fingerprint, "public_key": key.public_key}
    if key.statement is not None:
        said["statement"] = base64.b64encode(key.statement["document"].encode()).decode("ascii")
        said["signature"] = key.statement["signature"]
    _ask(settings, "POST", "/keys", said)


def tell_revocation(settings: Settings, key: Key) -> None:
    """Hand a revoked own key over.

    Raises:
        UnavailableError: the platform does not answer.
        ConflictError: it does not take the revocation.
    """
    said = {"owner": key.owner, "fingerprint": key.fingerprint, "public_key": key.revoked_key}
    _ask(settings, "POST", "/keys/revocations", said)


def _ask(settings: Settings, method: str, path: str, said: dict[str, str | None] | None) -> Any:  # noqa: ANN401 - what JSON gives
    try:
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            answer = client.request(method, f"{settings.sandbox_url}{path}", json=said)
    except httpx.HTTPError as error:
        raise UnavailableError(
            N_("Платформа не отвечает: обмен ключами будет повторён."), code="no-answer"
        ) from error
    if answer.is_client_error:
        raise ConflictError(
            N_("Платформа не приняла ключ; её причина — в ответе на обмен."), code="key-refused"
        )
    if not answer.is_success:
        raise UnavailableError(N_("Платформа не отвечает: обмен ключами будет повторён."), code="no-answer")
    return answer.json()
