"""Putting the document of an act together: what was decided, the words, the circumstances, the proofs."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from registry.consents.models.presentations import get_presentation
from registry.consents.usecases.receipts import Proved, evidence_of, receipt_of
from registry.documents.marks import readable_code
from registry.documents.sealed_acts import Evidence, Rows, SealedAct, Text, sealed_words
from registry.documents.templates import Template
from registry.errors import N_, ConflictError, NotFoundError
from registry.programmes.rendering import LINE
from registry.programmes.rules import NoticeKind
from registry.programmes.templates import fill, parse_template, plain
from registry.proofs.models.unsealed import text_of_digest
from registry.proofs.usecases.circumstances import (
    circumstances_of,
    evidence_said,
    identified_in_words,
    told,
)
from registry.storage.vault import Vault
from registry.trail.keys import TrailKeys
from registry.work import Work

CODE: Final = "proofs.code"
LANGUAGES: Final = ("ru", "en", "bg")
VERIFY_PATH: Final = "/verify/"
UNPUBLISHED: Final = "not-published"


@dataclass(frozen=True, slots=True)
class Described:
    """The document of an act, ready to be drawn: its content, its language, and its code."""

    content: SealedAct
    language: str
    code: UUID


def describe(work: Work, keys: TrailKeys, school_id: UUID, act_id: UUID, signer_id: UUID) -> Described:
    """Put the document of an act together; the same act gives the same document.

    Raises:
        NotFoundError: there is no such act.
        ConflictError: `not-published`: no published checkpoint covers the act yet.
        GoneError: what it would say was destroyed.
    """
    proved = receipt_of(work, keys, school_id, act_id, signer_id)
    evidence = evidence_of(work, proved)
    if evidence.tlog_proof is None:
        raise ConflictError(
            N_("Запись о решении ещё не под опубликованной отметкой журнала."), code=UNPUBLISHED
        )
    language = proved.act.language if proved.act.language in LANGUAGES else LANGUAGES[0]
    code = code_of(work.vault, act_id)
    return Described(_content(work, proved, evidence, (language, code)), language, code)


def code_of(vault: Vault, act_id: UUID) -> UUID:
    """Give the code by which strangers find the document of an act: 128 bits that tell nothing of the act."""
    return UUID(bytes=vault.blind_index(CODE, str(act_id))[:16])


def _content(work: Work, proved: Proved, evidence: Evidence, drawn: tuple[str, UUID]) -> SealedAct:
    words, code = sealed_words(drawn[0]), readable_code(drawn[1])
    said = evidence_said(evidence)
    return SealedAct(
        school=proved.school.full_name,
        headline=_headline(proved, words),
        code=code,
        address=f"{work.settings.base_url}{VERIFY_PATH}{code}",
        summary=_summary(proved, identified_in_words(proved, said, words), words),
        text=_text(work, proved),
        circumstances=circumstances_of(work, proved, words),
        proof=proved.proof,
        evidence=evidence,
    )


def _headline(proved: Proved, words: Template) -> str:
    kind = proved.act.kind.value
    return words.say(f"agreement_{kind}" if proved.act.notice is NoticeKind.CODE_AGREEMENT else kind)


def _summary(proved: Proved, identified: str | None, words: Template) -> Rows:
    act = proved.act
    about = [("student", proved.student.full_name)] if proved.student else []
    return [
        ("reference", proved.reference),
        ("school", proved.school.full_name),
        ("notice", words.say(f"notice_{act.notice.value}")),
        ("notice_version", act.notice_version),
        ("signer", proved.signer.full_name),
        *about,
        ("decision", _headline(proved, words)),
        ("time", told(act.recorded_at, proved.school.timezone)),
        ("method", words.say(f"means_{act.means.value}")),
        ("identified", identified),
    ]


def _text(work: Work, proved: Proved) -> Text:
    """Give the words as the signer read them; where none were kept, those of the notice with lines in it."""
    act = proved.act
    if act.presentation_id is not None:
        try:
            shown = get_presentation(
                work.connection, work.vault, act.school_id, act.presentation_id, act.signer
            )
        except NotFoundError:
            return Text("text_gone", ())
        return Text("text", _paragraphs(shown.body.decode()))
    source = text_of_digest(work.connection, act.text_sha256)
    if source is None:
        return Text("text_gone", ())
    lines: defaultdict[str, str] = defaultdict(lambda: LINE)
    body = unicodedata.normalize("NFC", plain(fill(parse_template(source), lines)))
    return Text("text_form", _paragraphs(body))


def _paragraphs(body: str) -> tuple[str, ...]:
    return tuple(one for one in body.strip().split("\n\n") if one)
