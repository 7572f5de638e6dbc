"""A text as it is kept: Unicode composed, one kind of line end, no blank around it; and its digest."""

import hashlib
import unicodedata


def tidied(text: str) -> str:
    """Give a text as it is kept."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip() + "\n"


def sha256_of(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
