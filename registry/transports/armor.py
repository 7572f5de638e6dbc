"""ASCII armor of RFC 9580: OpenPGP bytes as text that mail carries unchanged."""

import base64
import binascii
import re

BEGIN = b"-----BEGIN PGP MESSAGE-----"
END = b"-----END PGP MESSAGE-----"
_LINE = 48
"""Bytes of a line: 64 characters."""
_SHAPE = re.compile(
    rb"\s*" + BEGIN + rb"\r?\n"
    rb"(?:[A-Za-z]{1,20}: [ -~]{0,100}\r?\n){0,4}"
    rb"[ \t]*\r?\n"
    rb"(?P<body>[A-Za-z0-9+/=\r\n]+?)"
    rb"(?:\n=[A-Za-z0-9+/]{4}\r?\n)?" + END + rb"\s*"
)


def armored(sealed: bytes) -> bytes:
    """Write sealed bytes as text; without the old checksum, which RFC 9580 asks to leave out."""
    lines = (base64.b64encode(sealed[begin : begin + _LINE]) for begin in range(0, len(sealed), _LINE))
    return b"\n".join([BEGIN, b"", *lines, END, b""])


def dearmored(text: bytes) -> bytes | None:
    """Read sealed bytes out of their text; None when it is no armor of one message."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    try:
        return base64.b64decode(found["body"].translate(None, b"\r\n"), validate=True)
    except binascii.Error:
        return None
