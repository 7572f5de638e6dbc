"""JPEG and PNG, read by their parts and never decoded: size, and nothing but what draws the picture."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from registry.documents.scans.child.refusing import Limits, RefusedError

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DRAWS: Final = _FRAMES | {0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}
"""Parts of a JPEG that draw: tables, frames, scans, and the two that say how colours are meant."""
_SCAN, _END = 0xDA, 0xD9
_BARE: Final = frozenset({0x00, *range(0xD0, 0xD8)})
_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"})
_COLOURS: Final = 4


def stripped_jpeg(data: bytes, limits: Limits) -> bytes:
    """Give the picture without words, places and previews that cameras add.

    Raises:
        RefusedError: it is damaged, or larger than may be shown.
    """
    out, framed = [data[:2]], False
    for marker, part in _parts(data):
        if marker in _FRAMES:
            _check_frame(part, limits)
            framed = True
        if marker in _DRAWS:
            out.append(part)
    if not framed:
        raise RefusedError("damaged")
    return b"".join((*out, b"\xff\xd9"))


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the parts of a JPEG up to its end; a scan's part has its data."""
    place = 2
    while True:
        marker = _marker(data, place)
        if marker == _END:
            return
        length = int.from_bytes(data[place + 2 : place + 4])
        end = place + 2 + length
        if length < 2 or end > len(data):  # noqa: PLR2004 - a length counts its own two bytes
            raise RefusedError("damaged")
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        yield marker, data[place:end]
        place = end


def _marker(data: bytes, place: int) -> int:
    if data[place : place + 1] != b"\xff" or len(data) < place + 2:
        raise RefusedError("damaged")
    return data[place + 1]


def _end_of_scan(data: bytes, place: int) -> int:
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise RefusedError("damaged")
        if data[place + 1] not in _BARE:
            return place
        place += 2


def _check_frame(part: bytes, limits: Limits) -> None:
    if len(part) < 10:  # noqa: PLR2004 - marker, length, depth, height, width, colours
        raise RefusedError("damaged")
    height, width, colours = struct.unpack(">HHB", part[5:10])
    if not 1 <= colours <= _COLOURS:
        raise RefusedError("damaged")
    check_size(width, height, limits)


def check_size(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture that has no area, or more than a sheet of paper needs."""
    if not width or not height:
        raise RefusedError("damaged")
    if width * height > limits["pixels"]:
        raise RefusedError("too-many-pixels")


def stripped_png(data: bytes, limits: Limits) -> bytes:
    """Give the picture without words and times.

    Raises:
        RefusedError: it is damaged, or larger than may be shown.
    """
    chunks = list(_chunks(data))
    names = [name for name, _ in chunks]
    if names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names or names.count(b"IHDR") > 1:
        raise RefusedError("damaged")
    width, height = struct.unpack(">II", chunks[0][1][8:16])
    check_size(width, height, limits)
    return PNG + b"".join(whole for name, whole in chunks if name in _CHUNKS)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, name = len(PNG), b""
    while name != b"IEND":
        length, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        whole = data[place : place + 12 + length]
        if len(whole) != 12 + length or zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:]):
            raise RefusedError("damaged")
        yield name, whole
        place += len(whole)
