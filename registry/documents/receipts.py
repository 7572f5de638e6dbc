"""The receipt on paper: what a signer decided, when, under which number, and how to check it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from registry.documents.blocks import Run, heading, paragraph
from registry.documents.sheets import Document, Frame, draw_file, text_column
from registry.documents.strips import Strip, block_strips, row_strips, space, text_strips
from registry.documents.templates import Template, TemplateKind, load_template


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
    document = Document(template.layout, frame, _strips(receipt, template))
    return draw_file([document], title=title, language=language)


def _strips(receipt: Receipt, template: Template) -> Iterator[Strip]:
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
