"""Opening the ZIP of a message without trusting a word of it."""

import io
import zipfile
import zlib
from collections.abc import Mapping

from registry.errors import N_
from registry.sandbox.platform.inspect.findings import refuse

MAX_PACKED = 64 * 1024 * 1024
MAX_PART = 96 * 1024 * 1024
MAX_UNPACKED = 160 * 1024 * 1024
MAX_MANIFEST = 64 * 1024

MANIFEST = "manifest.json"
REGISTRY = "registry.jsonl"
CONSENTS = "consents.jsonl"
SPREADSHEET = "registry.xlsx"
WITHDRAWN = "withdrawn.jsonl"

_FULL = {MANIFEST, REGISTRY, CONSENTS, SPREADSHEET}
_WITHDRAWAL = {MANIFEST, WITHDRAWN}
_ENCRYPTED = 0x1
_END = b"PK\x05\x06"
_END_SIZE = 22


def unpack(data: bytes) -> Mapping[str, bytes]:
    """The parts of a message by name.

    Raises:
        Refusal: not a plain ZIP of exactly the agreed parts within the limits.
    """
    if len(data) > MAX_PACKED:
        raise refuse("archive-too-large", N_("Архив сообщения больше допустимого."))
    # The end record must be the last bytes and the first member the first: nothing hides around the archive.
    if data[:4] != b"PK\x03\x04" or data[-_END_SIZE:][:4] != _END:
        raise refuse("archive", N_("Внутри сообщения не обычный ZIP-архив."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise refuse("archive", N_("ZIP-архив сообщения повреждён.")) from None


def _parts(archive: zipfile.ZipFile) -> Mapping[str, bytes]:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) != len(set(names)) or set(names) not in (_FULL, _WITHDRAWAL) or names[0] != MANIFEST:
        raise refuse(
            "archive-parts", N_("В архиве не те части, о которых договорено, или они идут не в том порядке.")
        )
    left = MAX_UNPACKED
    parts: dict[str, bytes] = {}
    for member in members:
        limit = min(left, MAX_MANIFEST if member.filename == MANIFEST else MAX_PART)
        parts[member.filename] = _read(archive, member, limit)
        left -= len(parts[member.filename])
    return parts


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    if member.flag_bits & _ENCRYPTED or member.compress_type not in {
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    }:
        raise refuse("archive", N_("Часть архива сжата или закрыта неизвестным способом."))
    # The size that the archive states is only a claim, so one byte more than allowed is asked for.
    with archive.open(member) as opened:
        data = opened.read(limit + 1)
    if len(data) > limit or member.file_size != len(data):
        raise refuse(
            "archive-too-large", N_("Часть архива больше допустимого или не того размера, что указан.")
        )
    return data
