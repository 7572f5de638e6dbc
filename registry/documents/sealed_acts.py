"""One decision as a document: what was decided, the text behind it, and everything that is known of how.

It is drawn before it is sealed: the same act gives the same bytes, and nothing in it depends on the seal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from registry.documents.attachments import AttachedFile
from registry.documents.blocks import Run, heading, paragraph
from registry.documents.sheets import Document, Frame, draw_file, text_column
from registry.documents.strips import Strip, block_strips, new_page, row_strips, space, text_strips
from registry.documents.templates import Template, TemplateKind, load_template

JSON: Final = "application/json"
TEXT: Final = "text/plain"
LONGEST_TITLE: Final = 200
"""The first paragraph of a text is set as its heading, unless it is longer than headings are."""

Rows = Sequence[tuple[str, str | None]]
"""Labels (names of words of the template) and values; a value of None was not recorded."""


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
class Text:
    """The words that were decided on.

    Attributes:
        label: name of the template's words that say what the text is.
        paragraphs: plain text; nothing in it is read as markup.
    """

    label: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedAct:
    """What the document of one decision says; an absent value is printed as not recorded, never invented.

    Attributes:
        headline: the decision, in words of the language.
        code: for people to type on the page that verifies; address: of that page with the code.
        summary, circumstances: the first page's rows, and those of the evidence.
        proof: the signed text of the receipt, line by line.
        evidence: files that go along.
    """

    school: str
    headline: str
    code: str
    address: str
    summary: Rows
    text: Text
    circumstances: Rows
    proof: str
    evidence: Evidence


def sealed_words(language: str) -> Template:
    """Give the words of these documents, for whoever puts values into them.

    Raises:
        SettingsError: the words of this language are missing.
    """
    return load_template(TemplateKind.SEALED_ACT, language)


def sealed_act_pdf(act: SealedAct, *, language: str) -> bytes:
    """Draw the document of a decision, ready to be sealed; the same act gives the same bytes.

    Raises:
        SettingsError: the words of this language are missing.
    """
    template = sealed_words(language)
    code = template.say("code", code=act.code)
    frame = Frame(
        head=(act.school, act.headline, code),
        square=lambda _page, _pages: act.address,
        foot_left=lambda _page, _pages: code,
        foot_right=lambda page, pages: template.say("page", page=page, pages=pages),
    )
    files = _files(act, template)
    document = Document(template.layout, frame, _strips(act, template, files))
    return draw_file([document], title=template.say("title"), language=language, files=files)


def _files(act: SealedAct, template: Template) -> list[AttachedFile]:
    """Give the files that go along; what is not there is left out."""
    evidence = act.evidence
    proof = evidence.tlog_proof
    said = [
        ("leaf.json", evidence.leaf, JSON, "file_leaf"),
        ("opening.json", evidence.opening, JSON, "file_opening"),
        ("receipt.txt", act.proof.encode(), TEXT, "file_receipt"),
        (f"{evidence.event}.tlog-proof", None if proof is None else proof.encode(), TEXT, "file_proof"),
    ]
    return [
        AttachedFile(name, data, media_type, template.say(key))
        for name, data, media_type, key in said
        if data is not None
    ]


def _strips(act: SealedAct, template: Template, files: Sequence[AttachedFile]) -> Iterator[Strip]:
    column = text_column(template.layout)
    yield from block_strips(heading(act.headline), column)
    yield from _rows(act.summary, template)
    yield space(template.layout.text_pt)
    yield from block_strips(paragraph(template.say("check", address=act.address)), column)
    yield from block_strips(paragraph(template.say("withdraw")), column)
    yield new_page()
    yield from _text(act.text, template)
    yield new_page()
    yield from block_strips(heading(template.say("evidence")), column)
    yield from _rows(act.circumstances, template)
    yield space(template.layout.text_pt)
    yield from _proved(act, template, files)


def _rows(rows: Rows, template: Template) -> Iterator[Strip]:
    column = text_column(template.layout)
    for label, value in rows:
        said = template.say("not_recorded") if value is None else value
        yield from row_strips(template.say(label), Run(said), column)


def _text(text: Text, template: Template) -> Iterator[Strip]:
    column = text_column(template.layout)
    yield from text_strips((Run(template.say(text.label)),), column, template.layout.small_pt)
    yield space(template.layout.small_pt)
    for number, one in enumerate(text.paragraphs):
        title = number == 0 and len(one) <= LONGEST_TITLE
        yield from block_strips(heading(one) if title else paragraph(one), column)


def _proved(act: SealedAct, template: Template, files: Sequence[AttachedFile]) -> Iterator[Strip]:
    """Set the receipt's signed text, what the attached files are, and what the seal says and does not say."""
    column = text_column(template.layout)
    yield from block_strips(paragraph(Run(template.say("proof"), bold=True)), column)
    for line in act.proof.splitlines():
        yield from text_strips((Run(line),), column, template.layout.small_pt)
    yield space(template.layout.text_pt * 0.5)
    yield from block_strips(paragraph(Run(template.say("files"), bold=True)), column)
    for file in files:
        yield from text_strips((Run(f"{file.name}: {file.says}"),), column, template.layout.small_pt)
    yield space(template.layout.text_pt * 0.5)
    yield from block_strips(paragraph(template.say("seal")), column)
