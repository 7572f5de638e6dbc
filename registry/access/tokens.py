"""Secrets that a browser holds: 256 random bits, kept here as a hash only."""

import hashlib
import secrets

TOKEN_LENGTH = 43


def new_token() -> str:
    """Make a token of 256 random bits, fit for a cookie or an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Give what is stored of a token; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
