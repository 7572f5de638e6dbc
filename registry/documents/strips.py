"""Horizontal strips of a page: lines of text, labelled values, the place for decision and signature."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from registry.documents.blocks import Block, BlockKind, Gap, Piece, Run
from registry.documents.fonts import BOLD, REGULAR, plain, text_width
from registry.documents.lines import Line, break_lines
from registry.documents.templates import Layout, Template

HAND: Final = 18.5  # height of a line to write on
RULE_DROP: Final = 2.0
BOX: Final = 13.0
LABEL_SHARE: Final = 0.36
LONGEST_FITTED: Final = 300

Draw = Callable[[Canvas, float, float], None]
"""Draws with the given left edge and upper edge."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a page that is never cut: its height and how it is drawn; whether it begins a page."""

    height: float
    draw: Draw
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Where text runs: its width and the measures of its type."""

    width: float
    layout: Layout

    def sized(self, size: float) -> float:
        """Give the height of a line of this type size."""
        return size * self.layout.leading


def space(height: float) -> Strip:
    """Leave some room."""
    return Strip(height, lambda _canvas, _x, _y: None)


def new_page() -> Strip:
    """Let what follows begin on a page of its own."""
    return Strip(0.0, lambda _canvas, _x, _y: None, begins=True)


def block_strips(block: Block, column: Column) -> Iterator[Strip]:
    """Set one heading or paragraph, with the room after it."""
    layout = column.layout
    if block.kind is BlockKind.HEADING:
        bold = tuple(Run(one.text, bold=True) if isinstance(one, Run) else one for one in block.runs)
        yield from text_strips(bold, column, layout.heading_pt)
        yield space(layout.heading_pt * 0.4)
    else:
        yield from text_strips(block.runs, column, layout.text_pt)
        yield space(layout.text_pt * 0.5)


def text_strips(pieces: Sequence[Piece], column: Column, size: float) -> Iterator[Strip]:
    """Set pieces as lines of one type size; a line to write on is taller."""
    for line in break_lines(pieces, column.width, size):
        height = max(column.sized(size), HAND) if line.rules else column.sized(size)
        yield Strip(height, _line_drawing(line, size, height))


def row_strips(label: str, value: Piece, column: Column) -> Iterator[Strip]:
    """Set a label and its value side by side; a long value goes on below itself."""
    size = column.layout.text_pt
    left = column.width * LABEL_SHARE
    labels = break_lines((Run(label, bold=True),), left - size, size)
    values = break_lines((value,), column.width - left, size)
    for number in range(max(len(labels), len(values))):
        label_line = labels[number] if number < len(labels) else Line()
        value_line = values[number] if number < len(values) else Line()
        height = max(column.sized(size), HAND) if value_line.rules else column.sized(size)
        first = _line_drawing(label_line, size, height)
        second = _line_drawing(value_line, size, height)
        yield Strip(height, _beside(first, second, left))
    yield space(size * 0.25)


def signature_strip(template: Template, column: Column) -> Strip:
    """Make the place for decision, date, signature and name; it stays in one piece."""
    layout = template.layout
    height = 4.6 * HAND + layout.text_pt

    def draw(canvas: Canvas, x: float, y: float) -> None:
        canvas.setLineWidth(0.8)
        canvas.rect(x, y - height + 4, column.width, height - 8, stroke=1, fill=0)
        top = y - HAND
        draw_text(canvas, template.say("decision"), BOLD, layout.text_pt, (x + 8, top))
        for number, key in enumerate(("give", "refuse")):
            at = x + 8 + number * column.width / 2
            canvas.rect(at, top - 1.25 * HAND - 2, BOX, BOX, stroke=1, fill=0)
            draw_text(canvas, template.say(key), BOLD, layout.text_pt + 1, (at + BOX + 6, top - 1.25 * HAND))
        _hand_lines(canvas, template, (x + 8, y - height + 22), column.width - 16)

    return Strip(height, draw)


def draw_text(canvas: Canvas, text: str, font: str, size: float, at: tuple[float, float]) -> None:
    """Draw one plain text with its base line's start at a point."""
    canvas.setFont(font, size)
    canvas.drawString(at[0], at[1], plain(text))


def fitted(text: str, font: str, size: float, width: float) -> str:
    """Cut a text to a width, with an ellipsis where something was left off; for heads, never for content."""
    clean = plain(text[:LONGEST_FITTED])
    if text_width(clean, font, size) <= width and len(text) <= LONGEST_FITTED:
        return clean
    while clean and text_width(clean + "…", font, size) > width:
        clean = clean[:-1]
    return clean + "…"


def paginate(strips: Iterable[Strip], height: float) -> list[list[Strip]]:
    """Fill pages of a height with strips; at least one page."""
    pages: list[list[Strip]] = [[]]
    left = height
    for strip in strips:
        if (strip.begins or strip.height > left) and pages[-1]:
            pages.append([])
            left = height
        pages[-1].append(strip)
        left -= strip.height
    return pages


def _hand_lines(canvas: Canvas, template: Template, at: tuple[float, float], width: float) -> None:
    x, y = at
    small = template.layout.small_pt
    canvas.setLineWidth(0.6)
    for key, start, end in (("date", 0.0, 0.22), ("signature", 0.26, 0.55), ("name", 0.59, 1.0)):
        canvas.line(x + start * width, y, x + end * width, y)
        draw_text(canvas, template.say(key), REGULAR, small, (x + start * width, y - small - 2))


def _beside(first: Draw, second: Draw, left: float) -> Draw:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        first(canvas, x, y)
        second(canvas, x + left, y)

    return draw


def _line_drawing(line: Line, size: float, height: float) -> Draw:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        base = y - height + size * 0.25
        if line.texts:
            _draw_texts(canvas, line, size, (x, base))
        canvas.setLineWidth(0.5)
        for start, end in line.rules:
            canvas.line(x + start, base - RULE_DROP, x + end, base - RULE_DROP)

    return draw


def _draw_texts(canvas: Canvas, line: Line, size: float, at: tuple[float, float]) -> None:
    """Draw the texts of a line as one object, so that a reader finds them as one line."""
    drawn = canvas.beginText()
    for x, font, text in line.texts:
        drawn.setTextOrigin(at[0] + x, at[1])
        drawn.setFont(font, size)
        drawn.textOut(text)
    canvas.drawText(drawn)


def gap_or_value(value: str | None, letters: int) -> Piece:
    """Give the value as text, or a line to write it on where it is missing."""
    return Gap(letters) if value is None or not value.strip() else Run(value)
