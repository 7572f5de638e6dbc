"""The drawing as SVG text: no style attribute and no outside resource, so that a strict CSP lets it through.

Presentation attributes give it readable defaults; a style sheet refines the classes `wf-*`.
"""

from html import escape

from registry.workflows.definition import Definition, StateKind
from registry.workflows.drawing.layout import BOX_LINE, CHARACTER, Arrow, Box, lay_out
from registry.workflows.models.counting import Count, Counted

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="wf" role="img" aria-labelledby="wf-{id}-title" '
    'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
    'font-family="sans-serif" font-size="15">'
    '<title id="wf-{id}-title">{title}</title>'
    '<defs><marker id="wf-{id}-head" class="wf-head" viewBox="0 0 10 10" refX="9" refY="5" '
    'markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z"/></marker></defs>'
)
LATE = '<tspan class="wf-late" fill="#aa2a16" font-weight="bold"> ⚠ {count}</tspan>'
TEXT = '<text class="{css}" text-anchor="middle" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def draw(definition: Definition, language: str, counts: Counted | None = None) -> str:
    """Draw a checked definition.

    Args:
        definition: what to draw.
        language: of the words; Russian where the definition has no others.
        counts: cases in each state, and the overdue ones among them; without it no numbers are shown.

    Returns:
        One `<svg>` element, safe to put into a page as it is.
    """
    layout = lay_out(definition, language)
    title = escape(definition.title.get(language, definition.title["ru"]))
    parts = [HEAD.format(id=definition.id, width=layout.width, height=layout.height, title=title)]
    parts += [_line(arrow, definition.id) for arrow in layout.arrows]
    parts += [_box(box, counts) for box in layout.boxes]
    parts += [_words(arrow) for arrow in layout.arrows]
    return "".join([*parts, "</svg>"])


def _line(arrow: Arrow, name: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in arrow.points)
    return (
        f'<polyline class="wf-arrow" fill="none" stroke="#505a5f" marker-end="url(#wf-{name}-head)" '
        f'points="{points}"/>'
    )


def _words(arrow: Arrow) -> str:
    """The words of an arrow on a light strip, which keeps them readable where another arrow passes."""
    width = len(arrow.words) * CHARACTER
    strip = (
        f'<rect class="wf-strip" fill="#fff" fill-opacity="0.85" x="{arrow.x - width / 2:.1f}" '
        f'y="{arrow.y - 13:.1f}" width="{width:.1f}" height="16"/>'
    )
    return strip + TEXT.format(css="wf-words", x=arrow.x, y=arrow.y, words=escape(arrow.words))


def _box(box: Box, counts: Counted | None) -> str:
    kind = box.state.kind
    frame = (
        f'<rect class="wf-state wf-{kind}" fill="#f3f2f1" stroke="#0b0c0c" '
        f'stroke-width="{3 if kind is StateKind.END else 1.5}" rx="{16 if kind is StateKind.START else 4}" '
        f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"/>'
    )
    middle = box.x + box.width / 2
    lines = [
        TEXT.format(css="wf-title", x=middle, y=box.y + BOX_LINE * (number + 1), words=escape(words))
        for number, words in enumerate(box.words)
    ]
    if counts is not None:
        y = box.y + BOX_LINE * (len(box.words) + 1)
        lines.append(_count(counts.of(box.state.id), middle, y))
    return "".join([frame, *lines])


def _count(count: Count, x: float, y: float) -> str:
    """The number of cases, and behind a sign of its own, not by colour alone, the number of overdue ones."""
    late = LATE.format(count=count.late) if count.late else ""
    return TEXT.format(css="wf-count", x=x, y=y, words=f"{count.held}{late}")
