"""A ZIP file that is written in pieces: members are stored, and their list comes when all are there.

A member's piece says all that is known of it, so that pieces may be kept apart, put together in order and
left out, and the list of members is made of their names, sizes and checksums alone. No member may be 4 GiB or
larger; the file may.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_PLAIN, _LARGE = 20, 45
_UNIX: Final = 3 << 8
_UTF8: Final = 1 << 11
_MADE: Final = (0, 1 << 5 | 1)
"""No time in a file of ours: 1 January 1980, midnight."""
_PRIVATE: Final = 0o100600 << 16
_MOST, _MOST_FILES = 0xFFFF_FFFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: its name, its checksum and its size in bytes."""

    name: str
    crc: int
    size: int

    @property
    def length(self) -> int:
        """Bytes that it takes in the archive, its head included."""
        return _LOCAL.size + len(self.name.encode()) + self.size


def member_of(name: str, data: bytes) -> Member:
    """Describe a file."""
    return Member(name, zlib.crc32(data), len(data))


def head_of(member: Member) -> bytes:
    """Give what stands before the bytes of a file."""
    name = member.name.encode()
    said = (_PLAIN, _UTF8, 0, *_MADE, member.crc, member.size, member.size, len(name), 0)
    return _LOCAL.pack(b"PK\3\4", *said) + name


def list_of(members: Iterable[Member]) -> Iterator[bytes]:
    """Give the list at the end of the archive, in pieces; members in the order in which they lie."""
    at = listed = count = 0
    for member in members:
        line = _line(member, at)
        at, listed, count = at + member.length, listed + len(line), count + 1
        yield line
    yield _end(at, listed, count)


def _line(member: Member, at: int) -> bytes:
    name, far = member.name.encode(), at >= _MOST
    extra = struct.pack("<2HQ", 1, 8, at) if far else b""
    head = (_UNIX | _LARGE, _LARGE if far else _PLAIN, _UTF8, 0, *_MADE, member.crc, member.size, member.size)
    rest = (len(name), len(extra), 0, 0, 0, _PRIVATE, _MOST if far else at)
    return _CENTRAL.pack(b"PK\1\2", *head, *rest) + name + extra


def _end(at: int, listed: int, count: int) -> bytes:
    end = _END.pack(
        b"PK\5\6",
        0,
        0,
        min(count, _MOST_FILES),
        min(count, _MOST_FILES),
        min(listed, _MOST),
        min(at, _MOST),
        0,
    )
    if count < _MOST_FILES and at + listed < _MOST:
        return end
    size = _END_64.size - 12
    large = _END_64.pack(b"PK\6\6", size, _UNIX | _LARGE, _LARGE, 0, 0, count, count, listed, at)
    return large + _LOCATOR.pack(b"PK\6\7", 0, at + listed, 1) + end
