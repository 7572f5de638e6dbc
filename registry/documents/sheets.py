"""Sheets of A4: pages with a head, a square code and a foot, gathered into one PDF file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from registry.documents.attachments import AttachedFile, attach_files
from registry.documents.blocks import Run
from registry.documents.fonts import BOLD, REGULAR, plain, register_fonts, text_width
from registry.documents.lines import break_lines
from registry.documents.squares import draw_square
from registry.documents.strips import Column, Strip, draw_text, fitted, paginate
from registry.documents.templates import MILLIMETRE, Layout

WIDTH, HEIGHT = A4
HEAD_GAP: Final = 6.0
LONGEST_HEAD: Final = 300


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the text of every page of one document.

    Attributes:
        head: short lines beside the square code; the first one is bold; cut when too long.
        square: makes the text of the square code from page and number of pages.
        foot_left, foot_right: make the foot from page and number of pages.
    """

    head: tuple[str, ...]
    square: Callable[[int, int], str]
    foot_left: Callable[[int, int], str]
    foot_right: Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Document:
    """One document inside a file: a frame and strips to fill its pages with."""

    layout: Layout
    frame: Frame
    strips: Iterable[Strip]


def text_column(layout: Layout) -> Column:
    """Give the column between the side margins."""
    return Column(WIDTH - (layout.left_mm + layout.right_mm) * MILLIMETRE, layout)


def draw_file(
    documents: Iterable[Document], *, title: str, language: str, files: Sequence[AttachedFile] = ()
) -> bytes:
    """Draw documents one after another into one PDF; the same input gives the same bytes.

    Args:
        documents: in the order of their pages.
        title: of the whole file.
        language: of its words.
        files: that go along inside it.
    """
    register_fonts()
    target = BytesIO()
    canvas = Canvas(
        target, pagesize=A4, pageCompression=1, invariant=1, initialFontName=REGULAR, lang=language
    )
    canvas.setTitle(plain(title))
    canvas.setAuthor("")
    canvas.setCreator("")
    canvas.setProducer("")
    for document in documents:
        _draw_document(canvas, document)
    attach_files(canvas, files)
    canvas.save()
    return target.getvalue()


def _draw_document(canvas: Canvas, document: Document) -> None:
    layout = document.layout
    top = HEIGHT - layout.top_mm * MILLIMETRE
    under_head = top - layout.square_mm * MILLIMETRE - HEAD_GAP
    bottom = layout.bottom_mm * MILLIMETRE + 2 * layout.small_pt
    pages = paginate(document.strips, under_head - bottom)
    for number, page in enumerate(pages, start=1):
        _draw_frame(canvas, document, number, len(pages))
        y = under_head
        for strip in page:
            strip.draw(canvas, layout.left_mm * MILLIMETRE, y)
            y -= strip.height
        canvas.showPage()


def _draw_frame(canvas: Canvas, document: Document, page: int, pages: int) -> None:
    layout, frame = document.layout, document.frame
    left, right = layout.left_mm * MILLIMETRE, WIDTH - layout.right_mm * MILLIMETRE
    top, side = HEIGHT - layout.top_mm * MILLIMETRE, layout.square_mm * MILLIMETRE
    draw_square(canvas, frame.square(page, pages), x=right - side, y=top - side, side=side)
    y = top
    for font, size, line in _head_lines(frame.head, layout, right - side - left - 20):
        y -= size * layout.leading
        draw_text(canvas, line, font, size, (left, y))
    base = layout.bottom_mm * MILLIMETRE
    foot = plain(frame.foot_right(page, pages))
    wide = text_width(foot, REGULAR, layout.small_pt)
    draw_text(canvas, foot, REGULAR, layout.small_pt, (right - wide, base))
    line = fitted(frame.foot_left(page, pages), REGULAR, layout.small_pt, right - left - wide - 12)
    draw_text(canvas, line, REGULAR, layout.small_pt, (left, base))


def _head_lines(head: tuple[str, ...], layout: Layout, width: float) -> Iterator[tuple[str, float, str]]:
    """Give font, size and text of the lines beside the square code: two for the first, one for others."""
    size = layout.text_pt
    first = break_lines((Run(head[0][:LONGEST_HEAD], bold=True),), width, size)
    for line in first[:2]:
        yield BOLD, size, " ".join(text for _, _, text in line.texts)
    for text in head[1:]:
        yield REGULAR, layout.small_pt + 1, fitted(text, REGULAR, layout.small_pt + 1, width)
