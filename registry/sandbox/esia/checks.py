"""What ESIA checks in a request before it does anything: parameters, system, times, signature, scopes."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from registry.sandbox.esia.stand import Client, Stand

FRESH: Final = timedelta(minutes=5)
INVALID: Final = "The request contains an invalid parameter value"
MISSING: Final = "The request does not contain the mandatory parameter"
ASKED: Final = (
    "client_id",
    "client_secret",
    "client_certificate_hash",
    "redirect_uri",
    "scope",
    "response_type",
    "state",
    "timestamp",
    "access_type",
)
EXCHANGED: Final = (
    "client_id",
    "client_secret",
    "client_certificate_hash",
    "code",
    "grant_type",
    "redirect_uri",
    "scope",
    "state",
    "timestamp",
    "token_type",
)


@dataclass
class RefusedError(Exception):
    """A request that is refused; the number is ESIA's."""

    error: str
    code: str
    text: str

    @property
    def description(self) -> str:
        """The words as ESIA puts them."""
        return f"ESIA-{self.code}: {self.text}"


def check_authorise(stand: Stand, said: Mapping[str, str]) -> Client:
    """Check what sends a person here.

    Raises:
        RefusedError: with the number of the cause.
    """
    client = _common(stand, said, ASKED)
    if said["response_type"] != "code" or said["access_type"] not in {"online", "offline"}:
        raise RefusedError("invalid_request", "007003", INVALID)
    if said.get("code_challenge") and said.get("code_challenge_method") != "S256":
        raise RefusedError("invalid_request", "007003", INVALID)
    parts = [said[name] for name in ("client_id", "scope", "timestamp", "state", "redirect_uri")]
    _signature(client, said, parts)
    return client


def check_exchange(stand: Stand, said: Mapping[str, str]) -> Client:
    """Check what asks for tokens; the code itself is looked at afterwards.

    Raises:
        RefusedError: with the number of the cause.
    """
    client = _common(stand, said, EXCHANGED)
    if said["grant_type"] != "authorization_code" or said["token_type"] != "Bearer":  # noqa: S105 - a kind
        raise RefusedError("unsupported_grant_type", "007003", INVALID)
    names = ("client_id", "scope", "timestamp", "state", "redirect_uri", "code")
    _signature(client, said, [said[name] for name in names])
    return client


def _common(stand: Stand, said: Mapping[str, str], needed: Sequence[str]) -> Client:
    client = stand.clients.get(said.get("client_id", ""))
    if client is None:
        raise RefusedError("unauthorized_client", "007005", "The client is not authorized")
    if said.get("redirect_uri") not in client.redirects:
        raise RefusedError("invalid_request", "007023", "The redirect_uri is not registered")
    if any(not said.get(name) for name in needed):
        raise RefusedError("invalid_request", "007014", MISSING)
    _times(said["timestamp"])
    scopes = set(said["scope"].split())
    if "openid" not in scopes:
        raise RefusedError("invalid_scope", "007013", "The request contains no scope openid")
    if not scopes <= client.scopes:
        raise RefusedError("invalid_scope", "007006", "The requested scope is invalid")
    return client


def _times(text: str) -> None:
    try:
        said = datetime.strptime(text, "%Y.%m.%d %H:%M:%S %z")
    except ValueError:
        raise RefusedError("invalid_request", "007014", "Bad timestamp") from None
    if abs(datetime.now(UTC) - said) > FRESH:
        raise RefusedError("invalid_request", "007015", "The time of the request is wrong")


def _signature(client: Client, said: Mapping[str, str], parts: Sequence[str]) -> None:
    fingerprint = client.certificate.fingerprint(hashes.SHA256()).hex().upper()
    if said["client_certificate_hash"] != fingerprint or not _holds(client, said["client_secret"], parts):
        raise RefusedError("unauthorized_client", "007053", "client_secret is wrong")


def _holds(client: Client, secret: str, parts: Sequence[str]) -> bool:
    text, key = "".join(parts).encode(), client.key
    try:
        signature = base64.urlsafe_b64decode(secret)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
