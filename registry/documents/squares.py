"""The square code (QR), drawn as one filled path."""

from functools import lru_cache
from typing import Final

import segno
from reportlab.pdfgen.canvas import Canvas

MASK: Final = (
    4  # any of the eight patterns is read alike; weighing all of them costs a third of a form's time
)


def draw_square(canvas: Canvas, text: str, *, x: float, y: float, side: float) -> None:
    """Draw a square code with its lower left corner at x, y; lengths in points.

    The page around it must stay white by a tenth of the side.
    """
    rows = _rows(text)
    dot = side / len(rows)
    path = canvas.beginPath()
    for number, row in enumerate(rows, start=1):
        bottom = y + side - number * dot
        for start, length in row:
            path.rect(x + start * dot, bottom, length * dot, dot)
    canvas.drawPath(path, stroke=0, fill=1)


@lru_cache(maxsize=1)
def _rows(text: str) -> tuple[list[tuple[int, int]], ...]:
    """Give the dark stretches of each row; once for all pages of a document, which carry the same code."""
    # Medium correction bears a stain or a fold; segno raises it where the size stays the same.
    return tuple(_dark_runs(bytes(row)) for row in segno.make_qr(text, error="m", mask=MASK).matrix)


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Give the start and the length of each dark stretch of a row."""
    runs: list[tuple[int, int]] = []
    at = row.find(1)
    while at >= 0:
        end = row.find(0, at)
        end = len(row) if end < 0 else end
        runs.append((at, end - at))
        at = row.find(1, end)
    return runs
