"""The receipt on paper: what a signer decided, when, under which number, and how to check it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from registry.documents.attachments import AttachedFile
from registry.documents.blocks import Run, heading, paragraph
from registry.documents.sheets import Document, Frame, draw_file, text_column
from registry.documents.strips import Strip, block_strips, row_strips, space, text_strips
from registry.documents.templates import Template, TemplateKind, load_template

JSON: Final = "application/json"
TEXT: Final = "text/plain"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What goes along inside the file, so that the signer can check his act without us and without a network.

    Attributes:
        event: the id of the entry in the trail.
        leaf: the entry's exact bytes.
        opening: of the signer's own slot; None where there is none.
        tlog_proof: that the leaf stands under a published checkpoint; None while none covers it.
    """

    event: str
    leaf: bytes
    opening: bytes | None
    tlog_proof: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; an absent value is printed as not recorded, never invented.

    Attributes:
        reference: number that the signer can quote.
        decision: in words of the language (given, refused, withdrawn).
        time: aware, in the zone that the signer lives in; printed with its offset.
        method: how the decision was confirmed, in words, never better than it was.
        text_digest: sha256 of the text as rendered for the signer, hex.
        address: where anybody checks it; also in the square code.
        withdrawal: how the consent can be withdrawn.
        proof: the signed text of the receipt, line by line.
        evidence: files that go along.
    """

    reference: str
    school: str
    notice: str
    signer: str
    student: str | None
    decision: str
    time: datetime | None
    method: str | None
    text_digest: str | None
    address: str
    withdrawal: str
    proof: str
    evidence: Evidence


def receipt_pdf(receipt: Receipt, *, language: str = "ru") -> bytes:
    """Draw a receipt; the same receipt gives the same bytes.

    Raises:
        SettingsError: the words of this language are missing.
    """
    template = load_template(TemplateKind.RECEIPT, language)
    title = template.say("title")
    frame = Frame(
        head=(receipt.school, receipt.reference),
        square=lambda _page, _pages: receipt.address,
        foot_left=lambda _page, _pages: receipt.reference,
        foot_right=lambda page, pages: template.say("page", page=page, pages=pages),
    )
    files = _files(receipt, template)
    document = Document(template.layout, frame, _strips(receipt, template, files))
    return draw_file([document], title=title, language=language, files=files)


def _files(receipt: Receipt, template: Template) -> list[AttachedFile]:
    """Give the files that go along; what is not there (yet) is left out."""
    evidence = receipt.evidence
    proof = evidence.tlog_proof
    said = [
        ("leaf.json", evidence.leaf, JSON, "file_leaf"),
        ("opening.json", evidence.opening, JSON, "file_opening"),
        ("receipt.txt", receipt.proof.encode(), TEXT, "file_receipt"),
        (f"{evidence.event}.tlog-proof", None if proof is None else proof.encode(), TEXT, "file_proof"),
    ]
    return [
        AttachedFile(name, data, media_type, template.say(key))
        for name, data, media_type, key in said
        if data is not None
    ]


def _strips(receipt: Receipt, template: Template, files: Sequence[AttachedFile]) -> Iterator[Strip]:
    column = text_column(template.layout)
    yield from block_strips(heading(template.say("title")), column)
    for key, value in _facts(receipt):
        said = template.say("not_recorded") if value is None else value
        yield from row_strips(template.say(key), Run(said), column)
    yield space(template.layout.text_pt)
    yield from block_strips(paragraph(template.say("check", address=receipt.address)), column)
    yield from block_strips(
        paragraph(Run(template.say("withdraw") + ": ", bold=True), receipt.withdrawal), column
    )
    yield from block_strips(paragraph(Run(template.say("proof"), bold=True)), column)
    for line in receipt.proof.splitlines():
        yield from text_strips((Run(line),), column, template.layout.small_pt)
    yield from block_strips(paragraph(Run(template.say("files"), bold=True)), column)
    for file in files:
        yield from text_strips((Run(f"{file.name}: {file.says}"),), column, template.layout.small_pt)
    if receipt.evidence.tlog_proof is None:
        yield from block_strips(paragraph(template.say("proof_later")), column)


def _facts(receipt: Receipt) -> list[tuple[str, str | None]]:
    time = receipt.time
    return [
        ("reference", receipt.reference),
        ("school", receipt.school),
        ("notice", receipt.notice),
        ("signer", receipt.signer),
        ("student", receipt.student),
        ("decision", receipt.decision),
        ("time", None if time is None else time.strftime("%d.%m.%Y %H:%M:%S UTC%z")),
        ("method", receipt.method),
        ("text_digest", receipt.text_digest),
    ]
