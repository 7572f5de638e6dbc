"""A letter on paper, for people who have neither e-mail nor a mobile telephone."""

from collections.abc import Iterator
from dataclasses import dataclass

from registry.documents.blocks import Block, Run, heading, paragraph
from registry.documents.sheets import Document, Frame, draw_file, text_column
from registry.documents.strips import Strip, block_strips
from registry.documents.templates import Template, TemplateKind, load_template


@dataclass(frozen=True, slots=True)
class PostedLetter:
    """One letter: who sends it, to whom, what about, what it says, and the address behind its square code."""

    sender: str
    addressee: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str


def posted_letter_pdf(letter: PostedLetter, *, language: str = "ru") -> bytes:
    """Draw a letter; the link stands in the square code and in letters to type."""
    template = load_template(TemplateKind.LETTER, language)
    frame = Frame(
        head=(letter.sender, letter.addressee),
        square=lambda _page, _pages: letter.link,
        foot_left=lambda _page, _pages: letter.sender,
        foot_right=lambda page, pages: template.say("page", page=page, pages=pages),
    )
    document = Document(template.layout, frame, _strips(letter, template))
    return draw_file([document], title=letter.subject, language=language)


def _strips(letter: PostedLetter, template: Template) -> Iterator[Strip]:
    column = text_column(template.layout)
    blocks: list[Block] = [heading(letter.subject)]
    blocks.extend(paragraph(one) for one in letter.paragraphs)
    blocks.append(paragraph(Run(template.say("link", link=letter.link))))
    for block in blocks:
        yield from block_strips(block, column)
