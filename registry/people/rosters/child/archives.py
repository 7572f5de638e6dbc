"""Packed books, .xlsx and .ods: counted and looked through before anything takes them apart."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO
from xml.parsers.expat import ExpatError

from registry.people.rosters.child import markup
from registry.people.rosters.child.refusing import Limits, RefusedError

_CHUNK = 1 << 18
_START = b"PK"
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
)
_XLSX, _ODS, _XLSB = "[content_types].xml", "content.xml", "xl/workbook.bin"
_MANIFEST = "meta-inf/manifest.xml"


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive begins."""
    return data.startswith(_START)


def check(data: bytes, limits: Limits) -> bool:
    """Refuse by counting what an archive holds; tell whether its days count from 1904.

    Raises:
        RefusedError: the archive is damaged, locked, too large, or holds what no list needs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            watch = _watch_for(_checked_names(members, limits), limits)
            left = limits["unpacked"]
            for member in sorted(members, key=_locks_first):
                with archive.open(member) as stream:
                    left -= _look_through(stream, watch.over(member.filename.lower()), left)
    except _DAMAGED:
        raise RefusedError("damaged") from None
    return watch.since_1904


def _checked_names(members: Sequence[zipfile.ZipInfo], limits: Limits) -> set[str]:
    """Refuse by the directory of the archive alone; give the names in small letters."""
    names = {member.filename.replace("\\", "/").lower() for member in members}
    if len(members) > limits["members"]:
        raise RefusedError("too-many-members")
    if any(member.flag_bits & _ENCRYPTED for member in members) or "encrypted-package" in names:
        raise RefusedError("locked")
    if len(names) != len(members) or any(member.compress_type not in _METHODS for member in members):
        raise RefusedError("damaged")
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise RefusedError("damaged")
    if any(_holds_macros(name) for name in names):
        raise RefusedError("macros")
    return names


def _holds_macros(name: str) -> bool:
    return name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "basic/", "scripts/"))


def _watch_for(names: set[str], limits: Limits) -> markup.Watch:
    if _XLSX in names and _XLSB not in names:
        return markup.XlsxWatch(limits)
    if _ODS in names and _MANIFEST in names:
        return markup.OdsWatch(limits)
    raise RefusedError("not-a-table")


def _locks_first(member: zipfile.ZipInfo) -> bool:
    """The manifest says whether the rest is encrypted, and would then look damaged."""
    return member.filename.lower() != _MANIFEST


def _look_through(stream: IO[bytes], watcher: markup.Watcher | None, left: int) -> int:
    """Unpack one member without keeping it; give its true size."""
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > left:
            raise RefusedError("unpacked-too-large")
        if watcher is not None:
            watcher.feed(chunk)
    if watcher is not None:
        watcher.close()
    return size
