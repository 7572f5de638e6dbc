"""Old books, .xls, in the container that they share with old documents and with locked new books."""

import struct
from collections.abc import Iterator

from registry.people.rosters.child.refusing import RefusedError

_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128  # an entry of the container's directory, which begins with the name of a stream
_BOOK = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # the first record of a book's stream
_PIECE = 64  # a stream begins at a multiple of it
_BOOK_SIZE = 20
_HEAD = 4  # kind and size of a record
_NEAR = 4096  # what is asked for stands within the first records
_FILE_PASS, _DATE_MODE, _END = 0x2F, 0x22, 0x0A


def is_compound(data: bytes) -> bool:
    """Whether the bytes begin as such a container begins."""
    return data.startswith(_START)


def check(data: bytes) -> bool:
    """Refuse what is no book, is locked, or holds macros; tell whether days count from 1904.

    Raises:
        RefusedError: `damaged`, `locked`, `macros` or `not-a-table`.
    """
    if not _has_stream(data, "Root Entry"):
        raise RefusedError("damaged")
    if _has_stream(data, "EncryptedPackage"):
        raise RefusedError("locked")
    if _has_stream(data, "_VBA_PROJECT_CUR"):
        raise RefusedError("macros")
    if not _has_stream(data, "Workbook") and not _has_stream(data, "Book"):
        raise RefusedError("not-a-table")
    first = dict(_first_records(data))
    if _FILE_PASS in first:
        raise RefusedError("locked")
    return first.get(_DATE_MODE, b"")[:1] == b"\x01"


def _has_stream(data: bytes, stream: str) -> bool:
    """Whether the directory names a stream; its entries stand at multiples of their size."""
    return _find(data, stream.encode("utf-16-le") + b"\0\0", _ENTRY) >= 0


def _first_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give kind and content of the records that begin the book, as far as they lie together."""
    start = _find(data, _BOOK, _PIECE)
    place = start + _BOOK_SIZE
    while start >= 0 and place + _HEAD <= min(len(data), start + _NEAR):
        kind, size = struct.unpack_from("<HH", data, place)
        if kind == _END:
            return
        yield kind, data[place + _HEAD : place + _HEAD + size]
        place += _HEAD + size


def _find(data: bytes, what: bytes, step: int) -> int:
    place = data.find(what)
    while place >= 0 and place % step:
        place = data.find(what, place + 1)
    return place
