"""A scanner as schools have them: sheets lie askew or upside down, shifted, stained, and become JPEG."""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pypdfium2
from PIL import Image, ImageDraw

from registry.documents.stacks.binding import bind

RESOLUTION = 150
INCH = 72
PAPER = 250
"""How white paper is, of 255."""


@dataclass(frozen=True, slots=True)
class Lay:
    """How one sheet lies: turned by degrees, shifted by points, with a stain over its code or none.

    Attributes:
        stain: part of the code's side that a coffee ring or a hole covers.
        quality: of the JPEG. noise: how much dust lies over the sheet, in percent.
    """

    degrees: float = 0.0
    shift: tuple[int, int] = (0, 0)
    stain: float = 0.0
    quality: int = 70
    noise: int = 0


def lays(seed: int) -> Iterator[Lay]:
    """Give sheet after sheet as a careless hand lays them; every eighth has a stain over the code."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable scanner, no secret
    while True:
        upside = 180.0 if chance.random() < 0.25 else 0.0
        yield Lay(
            upside + chance.uniform(-4, 4),
            (chance.randint(-25, 25), chance.randint(-25, 25)),
            chance.uniform(0.15, 0.3) if chance.random() < 0.125 else 0.0,
            chance.randint(45, 85),
            chance.randint(0, 8),
        )


def pictures(printed: bytes, ways: Iterator[Lay], square: tuple[float, float, float]) -> Iterator[bytes]:
    """Scan the pages of a printed PDF.

    Args:
        printed: what came out of the printer.
        ways: how each sheet lies.
        square: left edge, top edge and side of the code on a page, in points from the upper left corner.
    """
    opened = pypdfium2.PdfDocument(printed)
    for number in range(len(opened)):
        sheet: Image.Image = (
            opened[number].render(scale=RESOLUTION / INCH, grayscale=True).to_pil().convert("L")
        )
        yield _scanned(sheet, next(ways), square)


def scanned(printed: bytes, ways: Iterator[Lay], square: tuple[float, float, float]) -> bytes:
    """Scan the pages of a printed PDF to one PDF with a picture a page."""
    return bind(list(pictures(printed, ways, square)))


def picture_of(sheet: Image.Image, quality: int = 70) -> bytes:
    """Write a grey sheet as JPEG."""
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=quality)
    return out.getvalue()


def blank() -> bytes:
    """Scan an empty sheet."""
    return picture_of(Image.new("L", (1240, 1754), PAPER))


def stack_of(sheets: Sequence[bytes]) -> bytes:
    """Put scanned sheets into one PDF."""
    return bind(sheets)


def _scanned(sheet: Image.Image, lay: Lay, square: tuple[float, float, float]) -> bytes:
    if lay.stain:
        _stain(sheet, lay.stain, square)
    turned = sheet.rotate(lay.degrees, Image.Resampling.BILINEAR, translate=lay.shift, fillcolor=PAPER)
    if lay.noise:
        turned = Image.blend(turned, _dust(turned.size), lay.noise / 100)
    return picture_of(turned, lay.quality)


@cache
def _dust(size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 60)


def _stain(sheet: Image.Image, part: float, square: tuple[float, float, float]) -> None:
    """Cover a part of the code, at its middle's right, where no corner mark stands."""
    scale = RESOLUTION / INCH
    left, top, side = (one * scale for one in square)
    wide = side * part
    at = (left + side * 0.62 - wide / 2, top + side * 0.55 - wide / 2)
    ImageDraw.Draw(sheet).ellipse((*at, at[0] + wide, at[1] + wide), fill=120)
