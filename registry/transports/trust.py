"""Whom a line trusts."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit


def trusted(address: str, authorities: Path | str | None = None) -> ssl.SSLContext:
    """Give the certificates of the system or of the line; nobody at all where no line is encrypted.

    To read the system's takes longer than to send a message, and on loopback without TLS they are never used.

    Args:
        address: of the receiver, a URL.
        authorities: a file of trusted certificates instead of the system's.
    """
    if urlsplit(address).scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context(cafile=authorities)
