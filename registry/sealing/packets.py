"""The outer shape of OpenPGP bytes, read before any tool: nothing may stand beside the one thing expected."""

import base64
import binascii
import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from registry.errors import N_, TamperedError

SIGNATURE = 2
SESSION_KEY = 1
ENCRYPTED = 18
"""Encrypted data with integrity protection; the old kind without it (9) is refused."""

MAX_SIGNATURE = 8_192
MAX_PACKETS = 64

_ARMOR = re.compile(
    rb"\s*-----BEGIN PGP SIGNATURE-----\r?\n"
    rb"(?:[A-Za-z]{1,20}: [ -~]{0,100}\r?\n){0,4}"
    rb"[ \t]*\r?\n"
    rb"(?P<body>(?:[A-Za-z0-9+/]{1,76}={0,2}\r?\n){1,200})"
    rb"(?:=(?P<check>[A-Za-z0-9+/]{4})\r?\n)?"
    rb"-----END PGP SIGNATURE-----\s*"
)


def signature_packet(signature: bytes) -> bytes:
    """The one binary signature packet inside an armored or binary detached signature.

    Raises:
        TamperedError: text around the signature, two signatures, anything else.
    """
    if len(signature) > MAX_SIGNATURE:
        raise _wrong_shape()
    packet = signature if signature[:1] >= b"\x80" else _dearmored(signature)
    if list(tags(BytesIO(packet))) != [SIGNATURE]:
        raise TamperedError(
            N_("Подпись не принята: нужна ровно одна отделённая подпись и ничего кроме неё."),
            code="signature-shape",
        )
    return packet


def demand_one_message(sealed: BinaryIO) -> None:
    """Refuse anything that is not exactly one message, encrypted to one key, to the last byte.

    Raises:
        TamperedError: other packets, a second message, bytes left over or missing.
    """
    if list(tags(sealed)) != [SESSION_KEY, ENCRYPTED]:
        raise _wrong_shape()
    sealed.seek(0)


def tags(stream: BinaryIO) -> Iterator[int]:
    """The packet tags of a binary OpenPGP stream, in order.

    Raises:
        TamperedError: the stream ends inside a packet, or is no OpenPGP.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    for _ in range(MAX_PACKETS):
        first = stream.read(1)
        if not first:
            return
        yield _skip(stream, first[0])
        if stream.tell() > size:
            raise _wrong_shape()
    raise _wrong_shape()


def _skip(stream: BinaryIO, first: int) -> int:
    """Move past one packet whose first byte was read; give its tag."""
    if not first & 0x80:
        raise _wrong_shape()
    if not first & 0x40:
        kind = first & 3
        if kind == 3:  # noqa: PLR2004 - RFC 4880 4.2.1: length type 3 is "until the end", which hides what follows
            raise _wrong_shape()
        stream.seek(_number(stream, 1 << kind), 1)
        return (first >> 2) & 0x0F
    while _skip_part(stream):
        pass
    return first & 0x3F


def _skip_part(stream: BinaryIO) -> bool:
    """Move past one part of a new-format body (RFC 4880 4.2.2); tell whether another follows."""
    length = _number(stream, 1)
    if length < 192:  # noqa: PLR2004 - one-octet length
        stream.seek(length, 1)
    elif length < 224:  # noqa: PLR2004 - two-octet length
        stream.seek(((length - 192) << 8) + _number(stream, 1) + 192, 1)
    elif length == 255:  # noqa: PLR2004 - five-octet length
        stream.seek(_number(stream, 4), 1)
    else:
        stream.seek(1 << (length & 0x1F), 1)
        return True
    return False


def _number(stream: BinaryIO, octets: int) -> int:
    data = stream.read(octets)
    if len(data) != octets:
        raise _wrong_shape()
    return int.from_bytes(data, "big")


def _dearmored(signature: bytes) -> bytes:
    match = _ARMOR.fullmatch(signature)
    if match is None:
        raise TamperedError(
            N_("Подпись не принята: вокруг подписи есть посторонний текст или она повреждена."),
            code="signature-shape",
        )
    body = b"".join(match["body"].split())
    try:
        packet = base64.b64decode(body, validate=True)
    except binascii.Error:
        raise _wrong_shape() from None
    expected = base64.b64encode(_crc24(packet).to_bytes(3, "big"))
    if base64.b64encode(packet) != body or match["check"] not in {None, expected}:
        raise _wrong_shape()
    return packet


def _crc24(data: bytes) -> int:
    """The armor's checksum, RFC 4880 6.1."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc


def _wrong_shape() -> TamperedError:
    return TamperedError(
        N_("Запечатанное сообщение повреждено или содержит лишнее: попросите отправить его ещё раз."),
        code="message-shape",
    )
