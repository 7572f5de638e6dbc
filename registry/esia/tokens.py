"""Whether tokens are ESIA's and are for us: signature, algorithm, issuer, audience, times, nonce."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import load_pem_x509_certificate

from registry.esia.faults import not_believed
from registry.esia.rules import Began
from registry.esia.signers import not_set_up

ALGORITHM: Final = "RS256"
CLOCKS_DIFFER_S: Final = 60
_REQUIRED: Final = ("iss", "exp", "iat")


@dataclass(frozen=True, slots=True)
class Expected:
    """What tokens must say: whose they are, for whom, and by which key they are signed."""

    issuer: str
    client: str
    key: rsa.RSAPublicKey


def read_token_key(path: Path) -> rsa.RSAPublicKey:
    """Take the key out of ESIA's certificate.

    Raises:
        UnavailableError: there is none, or not an RSA one.
    """
    try:
        key = load_pem_x509_certificate(path.read_bytes()).public_key()
    except (OSError, ValueError):
        raise not_set_up() from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise not_set_up()
    return key


def read_id_token(token: object, expected: Expected, began: Began) -> Mapping[str, Any]:
    """Verify who logged in.

    Raises:
        ForbiddenError: the token is not ESIA's, not for us, of another time or of another login.
    """
    claims = _claims(token, expected, audience=expected.client)
    nonce = claims.get("nonce")
    # ESIA may leave the nonce out; the code is bound to this login by PKCE anyway.
    if nonce is not None and not _same(nonce, began.nonce):
        raise not_believed()
    return claims


def read_access_token(token: object, expected: Expected, oid: str) -> str:
    """Verify a token for the person's data, and that it is the same person's; give it back as text.

    Raises:
        ForbiddenError: it is not ESIA's, not for us, or another person's.
    """
    claims = _claims(token, expected)
    if claims.get("client_id") != expected.client or str(claims.get("urn:esia:sbj_id")) != oid:
        raise not_believed()
    return str(token)


def _claims(token: object, expected: Expected, audience: str | None = None) -> Mapping[str, Any]:
    if not isinstance(token, str):
        raise not_believed()
    required = [*_REQUIRED, "sub", "aud"] if audience else list(_REQUIRED)
    # ESIA writes the subject as a number, which the library would refuse.
    options: dict[str, Any] = {"require": required, "verify_sub": False, "verify_aud": audience is not None}
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            expected.key,
            algorithms=[ALGORITHM],
            issuer=expected.issuer,
            audience=audience,
            leeway=CLOCKS_DIFFER_S,
            options=options,  # type: ignore[arg-type]  # the library's own typed dictionary
        )
    except jwt.InvalidTokenError:
        raise not_believed() from None
    return claims


def _same(said: object, expected: str) -> bool:
    return isinstance(said, str) and hmac.compare_digest(said.encode(), expected.encode())
