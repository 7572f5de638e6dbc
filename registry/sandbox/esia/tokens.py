"""The stand's tokens: RS256, claims as ESIA writes them."""

import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from registry.sandbox.esia.faults import Fault, Kind
from registry.sandbox.esia.persons import Person
from registry.sandbox.esia.stand import Stand

LASTS_S: Final = 3600


def make_tokens(
    stand: Stand, person: Person, asked: Mapping[str, str], fault: Fault | None
) -> dict[str, str]:
    """Make both tokens of one login; a switch makes them wrong in one way."""
    claims = _common(stand, fault)
    client = "SOMEBODY-ELSE" if fault and fault.kind is Kind.FOREIGN else asked["client_id"]
    access = claims | {
        "scope": " ".join(f"{one}?oid={person.oid}" for one in asked["scope"].split()),
        "urn:esia:sbj_id": person.oid,
        "client_id": client,
    }
    identity = claims | _identity(person) | {"aud": client, "auth_time": claims["iat"]}
    if asked.get("nonce"):
        other = fault is not None and fault.kind is Kind.OTHER_NONCE
        identity["nonce"] = "other" if other else asked["nonce"]
    key = stand.token_key
    if fault and fault.kind is Kind.FORGED:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return {
        "access_token": jwt.encode(access, key, "RS256", headers={"ver": 1, "sbt": "access"}),
        "id_token": jwt.encode(identity, key, "RS256", headers={"ver": 1, "sbt": "id"}),
    }


def _common(stand: Stand, fault: Fault | None) -> dict[str, Any]:
    now = int(time.time())
    if fault and fault.kind is Kind.EXPIRED:
        now -= 2 * LASTS_S
    other = fault is not None and fault.kind is Kind.OTHER_ISSUER
    return {
        "iss": "http://elsewhere.example/" if other else stand.issuer,
        "nbf": now,
        "iat": now,
        "exp": now + LASTS_S,
        "urn:esia:sid": str(uuid4()),
    }


def _identity(person: Person) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "urn:esia:sbj:typ": "P",
        "urn:esia:sbj:oid": person.oid,
        "urn:esia:sbj:nam": f"OID.{person.oid}",
        "urn:esia:sbj:lvl": person.level,
    }
    if person.trusted:
        subject["urn:esia:sbj:is_tru"] = True  # absent, not false, where it is not
    return {"sub": person.oid, "amr": "PWD", "urn:esia:amd": "PWD", "urn:esia:sbj": subject}


def read_access(stand: Stand, header: str) -> tuple[str, frozenset[str]] | None:
    """Read whose data a bearer may see, and which; none when the token is not good."""
    token = header.removeprefix("Bearer ")
    try:
        claims = jwt.decode(token, stand.token_key.public_key(), ["RS256"], issuer=stand.issuer)
    except jwt.InvalidTokenError:
        return None
    scopes = frozenset(one.partition("?")[0] for one in str(claims.get("scope", "")).split())
    return str(claims.get("urn:esia:sbj_id")), scopes
