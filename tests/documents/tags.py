"""The tag of printed pages, under a key of the tests."""

import hmac


def tag(said: str) -> bytes:
    """Make the keyed digest of a mark's text."""
    return hmac.digest(b"a key of tests", said.encode(), "sha256")
