"""Attaching the file of a signature to an act: a fact beside it, which changes nothing of it.

What takes long (reading the file in a child process, having it judged) is done between two units of work.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from registry.config import Settings
from registry.consents import facts as consent_facts
from registry.consents.models.acts import ActRow, get_act
from registry.consents.models.presentations import get_presentation
from registry.consents.models.receipts import leaf_of_act
from registry.consents.models.scans import get_scan
from registry.consents.models.signatures import (
    KeptSignature,
    add_signature,
    drop_signatures,
    get_signature,
    signatures_of_act,
)
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signatures import MOST, Candidate, Document, Match, Matched, match
from registry.consents.usecases.evidence import evidence_of_act
from registry.documents.cms.looking import SignatureFile, look_at
from registry.documents.cms.verifying import NOT_CHECKED, Judged, Verdict, Verifier, verifier_of
from registry.errors import N_, ConflictError, GoneError, NotFoundError
from registry.people.jobs import FORGET_FILES
from registry.proofs.models.bundled import notice_text
from registry.proofs.models.sealed import newest_of
from registry.proofs.models.unsealed import may_show
from registry.proofs.usecases.sealing import LOCK
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.trail.entries import EntryType
from registry.trail.leaf import read_leaf
from registry.work import Work

SHA256: Final = 64
"""Hexadecimal digits of a digest."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read, held against the documents of its act, and judged where somebody can."""

    file: SignatureFile
    matched: Matched
    judged: Judged


def signed_act(work: Work, school_id: UUID, act_id: UUID, people: Collection[UUID]) -> ActRow:
    """Find an act of a signer among some people, and about one of them; nobody signs what staff declare.

    Raises:
        NotFoundError: there is none like it.
    """
    act = get_act(work.connection, school_id, act_id)
    if not {act.signer, act.about} <= set(people) or act.kind is ActKind.INVALIDATED:
        raise NotFoundError(N_("Такой записи нет."))
    return act


def candidates_of(work: Work, act: ActRow) -> Sequence[Candidate]:
    """Gather what of an act may have been signed: its sealed document, scan, form and text.

    Raises:
        GoneError: its content was destroyed.
    """
    _demand_kept(work, act)
    evidence = evidence_of_act(work, act.school_id, act.id)
    offered = str(evidence.said.get("pdf_sha256") or "")
    found = [_sealed(work, act), _scan(work, act), _text(work, act)]
    if len(offered) == SHA256:
        found.append(Candidate(Document.OFFERED, offered))
    return [one for one in found if one is not None]


def examine(settings: Settings, data: bytes, candidates: Sequence[Candidate]) -> Examined:
    """Read a file, find what it signs, and have it judged; outside any unit of work.

    Raises:
        TooLargeError, InvalidError: it is no file of one detached signature.
    """
    file = look_at(data)
    matched = match(file.said.algorithm, file.said.digest, candidates)
    verifier = verifier_of(settings.signature_verifier)
    if verifier is None:
        return Examined(file, matched, NOT_CHECKED)
    return _judged(verifier, file, matched, candidates)


def _judged(
    verifier: Verifier, file: SignatureFile, matched: Matched, candidates: Sequence[Candidate]
) -> Examined:
    """Judge over the document that fits; where nobody can tell which that is, over each of them."""
    unsure = matched.match in {Match.NOT_COMPUTED, Match.NO_DIGEST}
    tried = candidates if unsure else [one for one in (matched.document,) if one is not None]
    verdicts = []
    for one in tried:
        if one.data is not None:
            judged = verifier.verify(file.data, one.data)
            if judged.verdict is Verdict.HOLDS:
                return Examined(file, Matched(Match(one.what), one), judged)
            verdicts.append(judged)
    failed = [one for one in verdicts if one.verdict is Verdict.FAILS]
    # A signature over a document that is not here may hold all the same.
    return Examined(file, matched, failed[0] if failed and not unsure else NOT_CHECKED)


def attach(work: Work, act: ActRow, examined: Examined) -> KeptSignature:
    """Keep a file of a signature beside an act; the act stays what it is.

    Raises:
        ConflictError: the same file is there already, or there are too many.
        GoneError: the content of the act was destroyed.
    """
    hold(work.connection, LOCK, act.id)
    _demand_kept(work, act)
    _demand_room(work, act, examined.file.sha256)
    document = examined.matched.document
    signature_file = work.new_id()
    kept = KeptSignature(
        id=work.new_id(),
        school_id=act.school_id,
        act_id=act.id,
        signer_id=act.signer,
        signature_file=signature_file,
        sha256=examined.file.sha256,
        algorithm=examined.file.said.algorithm[:60],
        match=examined.matched.match,
        document_sha256=document.sha256 if document else None,
        verdict=examined.judged.verdict,
        judged_by=examined.judged.by or None,
        added_at=work.now,
        added_by=None if work.actor.id == act.signer else work.actor.id,
    )
    work.files.put(signature_file, examined.file.data)
    reach("signature.file-before-row")
    add_signature(work.connection, work.vault, kept, examined.file.said)
    reach("signature.row-before-entry")
    work.record(consent_facts.signature_entry(EntryType.DOCUMENT_ATTACHED, kept))
    return kept


def fetch_signature(work: Work, act: ActRow, signature_id: UUID) -> bytes:
    """Give a file of a signature out, and record it.

    Raises:
        NotFoundError: there is none like it. GoneError: it was destroyed.
    """
    kept = get_signature(work.connection, act.school_id, act.id, signature_id)
    if kept.signature_file is None:
        raise GoneError(N_("Файл подписи уничтожен вместе с содержанием решения: остался его отпечаток."))
    work.record(consent_facts.signature_entry(EntryType.DOCUMENT_FETCHED, kept))
    return work.files.get(kept.signature_file)


def let_signatures_go(work: Work, school_id: UUID, act_ids: Collection[UUID]) -> int:
    """Let the files of some acts' signatures go, and promise that they are destroyed; gives how many.

    Rows and digests stay.
    """
    for act_id in sorted(act_ids):
        hold(work.connection, LOCK, act_id)
    files = drop_signatures(work.connection, school_id, act_ids)
    if files:
        work.later(FORGET_FILES, files=[str(one) for one in files])
    return len(files)


def _demand_kept(work: Work, act: ActRow) -> None:
    event = read_leaf(leaf_of_act(work.connection, act.id)).id
    if not may_show(work.connection, event, act.signer):
        raise GoneError(N_("Содержание этого решения уничтожено: прилагать к нему больше нечего."))


def _demand_room(work: Work, act: ActRow, sha256: str) -> None:
    there = signatures_of_act(work.connection, work.vault, act.school_id, act.id)
    if any(one.kept.sha256 == sha256 for one in there):
        raise ConflictError(N_("Этот файл подписи уже приложен."), code="signature-there")
    if len(there) >= MOST:
        raise ConflictError(
            N_("К решению уже приложено %(most)s файлов подписи: больше нельзя."),
            code="signatures-full",
            most=MOST,
        )


def _sealed(work: Work, act: ActRow) -> Candidate | None:
    sealed = newest_of(work.connection, act.school_id, act.id)
    if sealed is None or sealed.sealed_file is None:
        return None
    return Candidate(Document.SEALED, sealed.sha256, work.files.get(sealed.sealed_file))


def _scan(work: Work, act: ActRow) -> Candidate | None:
    try:
        kept = get_scan(work.connection, act.school_id, act.id)
    except NotFoundError:
        return None
    return Candidate.of(Document.SCAN, work.files.get(kept.scan_file))


def _text(work: Work, act: ActRow) -> Candidate | None:
    """Give the text as its signer read it, or the one that stood on the paper."""
    if act.presentation_id is None:
        body = notice_text(work.connection, act.text_sha256)
    else:
        try:
            shown = get_presentation(
                work.connection, work.vault, act.school_id, act.presentation_id, act.signer
            )
            body = shown.body
        except NotFoundError:
            body = None
    return None if body is None else Candidate.of(Document.TEXT, body)
