"""The message of a submission: its lines, its manifest and its bytes, the same bytes for the same content.

The format is described in docs/message-format.md; its version is `SCHEMA`.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from registry.storage.schema import Json
from registry.submissions.rules import Counts
from registry.trail.canonical import canonical, encode

SCHEMA = "1"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP can carry: bytes must not depend on the clock


class Kind(StrEnum):
    """What a message does to what the platform holds of the school."""

    FULL = "full"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Heading:
    """What a manifest says of the message as a whole.

    Attributes:
        sequence: number of the message within school and programme, from 1.
        corrects: message id that a correction replaces or a withdrawal takes entries from.
        previous_sha256: digest of the school's previous message in this programme, hex.
        checkpoint: the trail's last published checkpoint at the freeze, signed note text.
    """

    message_id: UUID
    kind: Kind
    sequence: int
    corrects: UUID | None
    previous_sha256: str | None
    created_at: datetime
    receiver: str
    programme: Mapping[str, Json]
    school: Mapping[str, Json]
    checkpoint: str | None

    def for_withdrawal(self, sequence: int, corrects: UUID | None) -> "Heading":
        """Make it the heading of a message that takes entries from the one named."""
        return replace(self, kind=Kind.WITHDRAWAL, sequence=sequence, corrects=corrects)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the message."""

    name: str
    data: bytes
    lines: int

    @property
    def sha256(self) -> str:
        """Digest of the bytes, hex."""
        return hashlib.sha256(self.data).hexdigest()


def lines(name: str, objects: Iterable[Mapping[str, Json]]) -> Part:
    """Write objects as canonical JSON, one a line; they are dicts and lists of texts all the way down."""
    written = [encode(one) for one in objects]
    return Part(name, b"".join(line + b"\n" for line in written), len(written))


def manifest(heading: Heading, counts: Counts | None, parts: Sequence[Part]) -> bytes:
    """Write the manifest: what the message is, and the digest of each part."""
    said: dict[str, Json] = {
        "schema_version": SCHEMA,
        "message_id": str(heading.message_id),
        "kind": heading.kind.value,
        "sequence": heading.sequence,
        "corrects": str(heading.corrects) if heading.corrects else None,
        "previous_message_sha256": heading.previous_sha256,
        "created_at": heading.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "receiver": heading.receiver,
        "programme": heading.programme,
        "school": heading.school,
        "checkpoint": heading.checkpoint,
        "counts": _counts(counts),
        "parts": {
            part.name: {"sha256": part.sha256, "bytes": len(part.data), "lines": part.lines} for part in parts
        },
    }
    return canonical(said)


def _counts(counts: Counts | None) -> Json:
    if counts is None:
        return None
    return {
        "roster": counts.roster,
        "included": counts.included,
        "refused": counts.refused,
        "conflict": counts.conflict,
        "withdrawn": counts.withdrawn,
        "not_required": counts.not_required,
    }


def pack(manifest_bytes: bytes, parts: Sequence[Part]) -> bytes:
    """Put manifest and parts into a ZIP that depends on nothing but their bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (("manifest.json", manifest_bytes), *((part.name, part.data) for part in parts)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data, compresslevel=6)
    return out.getvalue()
