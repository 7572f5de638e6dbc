"""Scans of papers: kept encrypted beside the act that was entered from one, given to who may read it."""

from collections.abc import Mapping
from uuid import UUID

from registry.consents.models import scans
from registry.consents.models.scans import KeptScan
from registry.consents.usecases.writing import Document
from registry.documents.scans.looking import Scan
from registry.errors import N_, NotFoundError
from registry.people.models.persons import Person
from registry.people.usecases.looks import What, note_look
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work


def told_of(scan: Scan | None) -> dict[str, Json]:
    """Tell of a scan in the act's evidence, so that another one can never pass for it."""
    return {} if scan is None else {"scan": {"sha256": scan.sha256, "kind": scan.kind, "pages": scan.pages}}


def keep_scan(work: Work, document: Document, act_id: UUID, scan: Scan) -> None:
    """Keep the scan of the paper that an act was entered from."""
    scan_file = work.new_id()
    work.files.put(scan_file, scan.data)
    kept = KeptScan(
        act_id,
        document.notice,
        document.signer_id,
        document.about_id,
        scan_file,
        scan.kind,
        scan.pages,
        work.now,
    )
    scans.add_scan(work.connection, document.school_id, kept)
    _record(work, EntryType.DOCUMENT_ATTACHED, document.school_id, kept)


def fetch_scan(work: Work, school_id: UUID, people: Mapping[UUID, Person], act_id: UUID) -> Scan:
    """Give the scan of an act that one of these people signed about one of them, and record that it was read.

    Raises:
        NotFoundError: there is none.
    """
    kept = scans.get_scan(work.connection, school_id, act_id)
    if kept.signer_id not in people or kept.about_id not in people:
        raise NotFoundError(N_("Скана этой бумаги нет."))
    _record(work, EntryType.DOCUMENT_FETCHED, school_id, kept)
    shown = dict.fromkeys((kept.signer_id, kept.about_id))
    note_look(work, school_id, [people[one] for one in shown], What.PAPER)
    return Scan(kept.kind, kept.pages, work.files.get(kept.scan_file))


def _record(work: Work, what: EntryType, school_id: UUID, kept: KeptScan) -> None:
    slots = tuple(Slot(person, None) for person in dict.fromkeys((kept.signer_id, kept.about_id)))
    work.record(Entry(what, ObjectRef("scan", kept.act_id, 1), None, school_id, slots))
