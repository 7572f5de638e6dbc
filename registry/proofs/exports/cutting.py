"""Taking out of a file what was erased since: the part that it lies in is written anew without it."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from registry.proofs.exports.naming import member_told
from registry.proofs.exports.rules import Export, Line
from registry.proofs.exports.usecases import forget_files
from registry.proofs.models import export_lines, export_told, exports
from registry.proofs.models.export_told import Told
from registry.proofs.models.exports import Part
from registry.storage.vault import Vault
from registry.trail.entries import SYSTEM
from registry.work import Registry


def cut_part(registry: Registry, export: Export, number: int) -> None:
    """Write a part without the lines that have to come out of it, and have the old one destroyed."""
    with registry.work(SYSTEM) as work:
        held = exports.held_export(work.connection, export.id)
        lines = export_told.lines_of_part(work.connection, export.id, number)
        gone = [one.number for one in lines if one.state is Line.CUT]
        if not held.state.active or not gone:
            return
        part = exports.get_part(work.connection, export.id, number)
        kept = without(work.vault, work.files.get(part.part_file), lines)
        part_file: UUID = work.new_id()
        work.files.put(part_file, kept)
        exports.change_part(work.connection, export.id, Part(number, part_file, len(kept)))
        export_lines.erase_lines(work.connection, export.id, gone)
        forget_files(work, [part.part_file])
        out = len(gone)
        changed = replace(held, packed=held.packed - out, left_out=held.left_out + out)
        exports.change_export(work.connection, changed)


def without(vault: Vault, data: bytes, lines: Sequence[Told]) -> bytes:
    """Give a part without the lines that have to come out; each lies behind the one before it."""
    at, kept = 0, bytearray()
    for one in lines:
        length = member_told(vault, one).length
        if one.state is not Line.CUT:
            kept += data[at : at + length]
        at += length
    return bytes(kept)
