"""The end of the file of an export: its index, the digests of all files under a signature, the list of files.

It is made some lines at a time and kept in pieces: a long export takes no more memory than a short one.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from registry.proofs.exports import facts, index
from registry.proofs.exports.archive import Member, head_of, list_of
from registry.proofs.exports.naming import member_told
from registry.proofs.exports.rules import Export, State
from registry.proofs.models import export_lines, export_told, exports
from registry.proofs.models.exports import Part
from registry.storage.failpoints import reach
from registry.trail.entries import SYSTEM, EntryType
from registry.work import Registry, Work

PIECE: Final = 2 * 1024 * 1024
"""Bytes of a piece of the end."""


@dataclass(slots=True)
class Tail:
    """Pieces that are written, in their order, and the members that they hold."""

    registry: Registry
    export: Export
    parts: list[Part] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    digests: list[tuple[str, str]] = field(default_factory=list)

    def add(self, work: Work, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file of the archive; what stands before it is known only when it is written."""
        before, crc, size, digest = len(self.parts), 0, 0, hashlib.sha256()
        for piece in gathered(pieces):
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            digest.update(piece)
            self.put(work, piece)
        member = Member(name, crc, size)
        self.members.append(member)
        self.digests.append((name, digest.hexdigest()))
        self.put(work, head_of(member))
        self.parts.insert(before, self.parts.pop())

    def put(self, work: Work, data: bytes) -> None:
        """Write a piece."""
        part_file: UUID = work.new_id()
        self.registry.files.put(part_file, data)
        self.parts.append(Part(0, part_file, len(data)))

    def numbered(self) -> list[Part]:
        """Give the pieces with their numbers, which go on from those of the parts."""
        first = self.export.parts
        return [replace(one, number=first + number) for number, one in enumerate(self.parts)]

    def take_back(self) -> None:
        """Delete the pieces again: no row will name them."""
        for one in self.parts:
            self.registry.files.remove(one.part_file)


def finish(registry: Registry, export: Export) -> bool:
    """Write the end of the file and make it ready; false where something changed meanwhile."""
    tail = Tail(registry, export)
    try:
        with registry.reading(SYSTEM) as work:
            sums = _write(work, tail)
        reach("export.tail-before-row")
        done = _ready(registry, tail, sums)
    except BaseException:
        tail.take_back()
        raise
    if not done:
        tail.take_back()
    return done


def _write(work: Work, tail: Tail) -> str:
    """Write index, words and signed digests, then the list of all files; gives the digest of the digests."""
    export, keys = tail.export, tail.registry.trail
    tail.add(work, index.READ_ME, [index.read_me(work, export, keys).encode()])
    tail.add(work, index.INDEX, index.index_of(work, export))
    tail.add(work, index.SUMS, index.sums_of(work, export, tail.digests))
    sums = tail.digests[-1][1]
    tail.add(work, index.SIGNED, [index.signature_of(keys, export, sums).encode()])
    packed = (
        member_told(work.vault, one)
        for one in export_told.lines_in_file(work.connection, export.id, export.parts)
    )
    for piece in gathered(list_of(chain(packed, tail.members))):
        tail.put(work, piece)
    return sums


def _ready(registry: Registry, tail: Tail, sums: str) -> bool:
    export = tail.export
    with registry.work(SYSTEM) as work:
        held = exports.held_export(work.connection, export.id)
        if held != export or export_lines.part_to_cut(work.connection, export.id) is not None:
            return False
        exports.add_parts(work.connection, held, tail.numbered(), tail=True)
        expires_at = held.expires_at or work.now + timedelta(days=work.settings.export_days)
        ready = replace(
            held,
            state=State.READY,
            revision=held.revision + 1,
            size=exports.bytes_of(work.connection, export.id),
            sums_sha256=sums,
            ready_at=work.now,
            expires_at=expires_at,
        )
        exports.change_export(work.connection, ready)
        reach("export.row-before-entry")
        work.record(facts.export_entry(EntryType.EXPORT_MADE, ready))
    return True


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Put small pieces together into ones of about two megabytes."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
