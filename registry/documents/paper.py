"""Forms on paper: consents to print, sign by hand and scan back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.documents.blocks import Block, BlockKind, Run
from registry.documents.marks import PageMark, Tag, readable_code, write_mark
from registry.documents.sheets import Document, Frame, draw_file, text_column
from registry.documents.strips import (
    Strip,
    block_strips,
    gap_or_value,
    row_strips,
    signature_strip,
    space,
    text_strips,
)
from registry.documents.templates import Template, TemplateKind, load_template
from registry.errors import N_, InvalidError


@dataclass(frozen=True, slots=True)
class Asked:
    """One value to check or to fill in by hand: its label, what is known, room for how many letters."""

    label: str
    value: str | None
    letters: int = 30


@dataclass(frozen=True, slots=True)
class Form:
    """One consent to be printed for one signer.

    Attributes:
        consent: id of the consent, in the square code and in the readable code.
        version: version of the notice (digits, dots, Latin letters, dashes; 20 at most).
        school: whose form it is; head line.
        sorting: what the tutor hands the sheets out by, for example class and pupil; head line.
        blocks: the notice as rendered for this signer. A signature block marks the place for decision, date
            and signature; without one that place comes last.
        asked: values beside the notice that the signer checks or fills in.
    """

    consent: UUID
    version: str
    school: str
    sorting: str
    blocks: tuple[Block, ...]
    asked: tuple[Asked, ...] = ()


def printable_forms(forms: Sequence[Form], tag: Tag, *, language: str = "ru") -> bytes:
    """Draw forms into one PDF for the printer, each from a new page, in the given order.

    Args:
        forms: what is printed.
        tag: makes the tag in the square code of each page.
        language: of the words around the notices.

    Raises:
        InvalidError: there is no form, or a version does not fit into a square code.
        SettingsError: the words of this language are missing.
    """
    if not forms:
        raise InvalidError(N_("Нечего печатать: выберите хотя бы одно согласие."))
    template = load_template(TemplateKind.CONSENT_FORM, language)
    documents = (_document(form, template, tag) for form in forms)
    return draw_file(documents, title=template.say("title"), language=language)


def _document(form: Form, template: Template, tag: Tag) -> Document:
    code = template.say("code", code=readable_code(form.consent))
    version = template.say("version", version=form.version)
    frame = Frame(
        head=(form.school, form.sorting, code, version),
        square=lambda page, pages: write_mark(PageMark(form.consent, form.version, page, pages), tag),
        foot_left=lambda _page, _pages: code,
        foot_right=lambda page, pages: template.say("page", page=page, pages=pages),
    )
    return Document(template.layout, frame, _strips(form, template))


def _strips(form: Form, template: Template) -> Iterator[Strip]:
    column = text_column(template.layout)
    closed = False
    for block in form.blocks:
        if block.kind is BlockKind.SIGNATURE and not closed:
            yield from _closing(form, template)
            closed = True
        elif block.kind is not BlockKind.SIGNATURE:
            yield from block_strips(block, column)
    if not closed:
        yield from _closing(form, template)


def _closing(form: Form, template: Template) -> Iterator[Strip]:
    """Set the values to check, the place for the decision, and what makes the form valid."""
    column = text_column(template.layout)
    if form.asked:
        yield from text_strips((Run(template.say("asked"), bold=True),), column, template.layout.text_pt)
        yield space(template.layout.text_pt * 0.3)
    for one in form.asked:
        yield from row_strips(one.label, gap_or_value(one.value, one.letters), column)
    yield signature_strip(template, column)
    yield from text_strips((Run(template.say("note")),), column, template.layout.small_pt)
