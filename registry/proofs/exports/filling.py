"""What a part of an export holds: only what the gate lets go, with an entry for each person in it."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from registry.consents.gate import ActShown, DocumentsClaim, clear_documents
from registry.consents.models.asking import get_consent
from registry.people.usecases.looks import What
from registry.programmes.models import participation_of
from registry.proofs.exports.archive import head_of, member_of
from registry.proofs.exports.naming import name_of_line
from registry.proofs.exports.rules import FIELD_SETS, Export, Line
from registry.proofs.models import export_lines
from registry.proofs.models.export_lines import Settled, Wished
from registry.proofs.models.sealed import newest_of_acts
from registry.proofs.usecases.bundling import bundle_of
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.trail.keys import TrailKeys
from registry.transports.cleared import ClearedDocuments
from registry.work import Work


@dataclass(slots=True)
class Filled:
    """A part: its bytes, what became of its lines, and of each student in it whose data are in it."""

    school_id: UUID
    data: bytearray = field(default_factory=bytearray)
    settled: list[Settled] = field(default_factory=list)
    people: dict[UUID, dict[UUID, None]] = field(default_factory=dict)


def fill(work: Work, keys: TrailKeys, export: Export, lines: Sequence[Wished]) -> Filled:
    """Let the documents of some lines of one school through the gate, and put them into a part."""
    if not lines:
        return Filled(UUID(int=0))
    files = _files(work, lines)
    erased = [one for one in lines if one.act_id is not None and one.act_id not in files]
    dark = {one.consent_id for one in erased}
    standing = [one for one in lines if one.consent_id not in dark or one.act_id in files]
    cleared = clear_documents(work, _claim(work, export, standing))
    filled = export_documents(work, keys, cleared, (standing, files, export.parts))
    filled.settled += [
        Settled(one.school_id, one.number, Line.ERASED) for one in lines if one not in standing
    ]
    return filled


def _files(work: Work, lines: Sequence[Wished]) -> dict[UUID | None, UUID]:
    """Give where the sealed documents of acts lie; of what was destroyed there is none."""
    wanted = [one.act_id for one in lines if one.act_id is not None]
    newest = newest_of_acts(work.connection, lines[0].school_id, wanted)
    return {act: sealed.sealed_file for act, sealed in newest.items() if sealed.sealed_file is not None}


def _claim(work: Work, export: Export, lines: Sequence[Wished]) -> DocumentsClaim:
    school_id = lines[0].school_id if lines else UUID(int=0)
    programme = participation_of(work.connection, school_id, export.programme).programme
    return DocumentsClaim(
        export_id=export.id,
        school_id=school_id,
        programme_id=export.programme,
        receiver=export.receiver,
        field_set=f"{programme.id}/{programme.version}/{FIELD_SETS[export.bundles]}",
        acts=[ActShown(one.act_id, one.signer_id, one.student_id) for one in lines if one.act_id is not None],
    )


def export_documents(
    work: Work,
    keys: TrailKeys,
    cleared: ClearedDocuments,
    of: tuple[Sequence[Wished], dict[UUID | None, UUID], int],
) -> Filled:
    """Put into a part what the gate has cleared: `of` are the lines, their files, and the part's number."""
    lines, files, part = of
    filled = Filled(cleared.school_id)
    for one in lines:
        if one.student_id not in cleared.students:
            filled.settled.append(Settled(one.school_id, one.number, Line.OPTED_OUT))
            continue
        data = _data(work, keys, one, files)
        member = member_of(name_of_line(work.vault, one.folder, one.number, one.act_id), data)
        filled.data += head_of(member)
        filled.data += data
        digest = hashlib.sha256(data).hexdigest()
        filled.settled.append(
            Settled(one.school_id, one.number, Line.PACKED, part, digest, member.crc, member.size)
        )
        people = filled.people.setdefault(one.student_id, {one.student_id: None})
        people[one.signer_id] = None
    return filled


def _data(work: Work, keys: TrailKeys, one: Wished, files: dict[UUID | None, UUID]) -> bytes:
    if one.act_id is not None:
        return work.files.get(files[one.act_id])
    return bundle_of(work, keys, get_consent(work.connection, one.school_id, one.consent_id))


def recorded(work: Work, filled: Filled) -> list[Entry]:
    """Write, a student an entry, of whom documents were taken out; each reads it in his own slot."""
    versions = export_lines.versions_of(work.connection, filled.people)
    return list(_entries(work, filled, versions))


def _entries(work: Work, filled: Filled, versions: dict[UUID, int]) -> Iterator[Entry]:
    purpose = work.actor.purpose
    said: dict[str, Json] = {"what": What.DOCUMENTS.value}
    if purpose is not None:
        said |= {"reason": purpose.reason, "order": purpose.order}
    for student_id, people in filled.people.items():
        about = ObjectRef("person", student_id, versions[student_id])
        yield Entry(EntryType.PERSON_EXPORTED, about, None, filled.school_id, _slots(people, said))


def _slots(people: Collection[UUID], said: dict[str, Json]) -> tuple[Slot, ...]:
    return tuple(Slot(person, said) for person in people)
