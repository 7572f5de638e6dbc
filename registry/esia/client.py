"""A login by ESIA: the address to send the browser to, and who came back."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from registry.config import Settings
from registry.errors import RegistryError
from registry.esia.answers import Line
from registry.esia.faults import not_believed, switched_off
from registry.esia.reading import read_profile
from registry.esia.rules import Began, Identity, level_of, signed_text, written_time
from registry.esia.signers import KeySigner, ProgramSigner, SecretSigner, not_set_up
from registry.esia.tokens import Expected, read_access_token, read_id_token, read_token_key

BACK: Final = "/esia/back"
"""Where ESIA sends the browser back to: one path, registered there, never taken from a request."""
AUTHORISE: Final = "/aas/oauth2/v2/ac"
TOKENS: Final = "/aas/oauth2/v3/te"


@dataclass(frozen=True, slots=True)
class System:
    """Who we are at ESIA.

    Attributes:
        client: our mnemonic. redirect: where the browser comes back. certificate_hash: of our certificate.
    """

    client: str
    redirect: str
    certificate_hash: str


class Esia:
    """Speaks with ESIA for one installation."""

    def __init__(
        self, address: str, system: System, signer: SecretSigner, expected: Expected, line: Line | None = None
    ) -> None:
        """Prepare it; nothing is asked yet."""
        self._address = address
        self._system = system
        self._signer = signer
        self._expected = expected
        self._line = line or Line(address)

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    def begin(self, scope: str, now: datetime) -> tuple[str, Began]:
        """Give the address that asks a person to log in, and what to keep until he is back."""
        began = Began(str(uuid4()), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        asked = self._signed(scope, now, began.state) | {
            "response_type": "code",
            "access_type": "online",
            "nonce": began.nonce,
            "code_challenge": challenge_of(began.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._address}{AUTHORISE}?{urlencode(asked)}", began

    def finish(self, code: str, scope: str, began: Began, now: datetime) -> Identity:
        """Exchange the code that came back for tokens, and read who it is.

        Raises:
            ForbiddenError: the answer does not hold. GoneError: the code is spent.
            UnavailableError: ESIA does not answer, or declines.
        """
        asked = str(uuid4())
        form = self._signed(scope, now, asked, code) | {
            "code": code,
            "grant_type": "authorization_code",
            "token_type": "Bearer",
            "code_verifier": began.verifier,
        }
        answer = self._line.post(TOKENS, form)
        if not hmac.compare_digest(str(answer.get("state", "")).encode(), asked.encode()):
            raise not_believed()
        claims = read_id_token(answer.get("id_token"), self._expected, began)
        oid = str(claims["sub"])
        if not oid.isascii() or not oid.isdigit():
            raise not_believed()
        token = read_access_token(answer.get("access_token"), self._expected, oid)
        return self._identity(oid, claims, token, scope)

    def _signed(self, scope: str, now: datetime, state: str, code: str = "") -> dict[str, str]:
        """Give the parameters that both requests have, with the client_secret over them."""
        system, when = self._system, written_time(now)
        text = signed_text((system.client, scope, when, state, system.redirect, code))
        return {
            "client_id": system.client,
            "client_secret": base64.urlsafe_b64encode(self._signer.sign(text)).decode(),
            "client_certificate_hash": system.certificate_hash,
            "scope": scope,
            "timestamp": when,
            "state": state,
            "redirect_uri": system.redirect,
        }

    def _identity(self, oid: str, claims: Mapping[str, Any], token: str, scope: str) -> Identity:
        subject = claims.get("urn:esia:sbj")
        said = subject if isinstance(subject, dict) else {}
        level = level_of(said.get("urn:esia:sbj:is_tru"), said.get("urn:esia:sbj:lvl"))
        person = self._line.get(f"/rs/prns/{oid}", token)
        contacts = self._line.get(f"/rs/prns/{oid}/ctts?embed=(elements)", token)
        kids: Mapping[str, Any] = {}
        if "kid_fullname" in scope.split():
            kids = self._kids(oid, token)
        return Identity(
            oid,
            level,
            entered_by=str(claims.get("amr", ""))[:20],
            session=str(claims.get("urn:esia:sid", ""))[:100],
            profile=read_profile(person, contacts, kids),
        )

    def _kids(self, oid: str, token: str) -> Mapping[str, Any]:
        """Read the children; who did not share them logs in all the same."""
        try:
            return self._line.get(f"/rs/prns/{oid}/kids?embed=(elements)", token)
        except RegistryError:
            return {}


def challenge_of(verifier: str) -> str:
    """Give what is told of a PKCE verifier beforehand."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def plain_hash(certificate: Path) -> str:
    """Hash our certificate (DER) by SHA-256, where nobody told the hash by GOST that ESIA itself wants.

    Raises:
        UnavailableError: there is no certificate.
    """
    try:
        read = load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        raise not_set_up() from None
    return read.fingerprint(SHA256()).hex().upper()


def open_esia(settings: Settings) -> Esia:
    """Open the line to ESIA as the settings name it.

    Raises:
        UnavailableError: it is switched off, or its keys are not there.
    """
    if not settings.esia_url:
        raise switched_off()
    told_hash = settings.esia_cert_hash or plain_hash(settings.esia_cert)
    system = System(settings.esia_client, f"{settings.base_url}{BACK}", told_hash)
    signer: SecretSigner = (
        ProgramSigner(settings.esia_signer) if settings.esia_signer else KeySigner(settings.esia_key)
    )
    expected = Expected(settings.esia_issuer, settings.esia_client, read_token_key(settings.esia_token_cert))
    return Esia(settings.esia_url, system, signer, expected)
