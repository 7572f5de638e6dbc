"""The pages of a file as grey pictures: of a PDF each page as it would be shown, of a picture itself."""

import io
from collections.abc import Iterator
from typing import Final

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from registry.documents.stacks.child.refusing import Limits, RefusedError

PDF: Final = b"%PDF-"
_PICTURES: Final = ("JPEG", "PNG")
_INCH: Final = 72


def count(data: bytes, limits: Limits) -> int:
    """Count the pages of a file.

    Raises:
        RefusedError: it is locked, damaged, no scan, or has more pages than a stack may.
    """
    if not data.startswith(PDF):
        _opened_picture(data, limits)
        return 1
    pages = len(_opened(data))
    if not pages:
        raise RefusedError("damaged")
    if pages > limits["pages"]:
        raise RefusedError("too-many-pages")
    return pages


def sheets(data: bytes, wanted: range, limits: Limits) -> Iterator[Image.Image | None]:
    """Draw some pages, each in grey; None for a page that cannot be drawn."""
    if not data.startswith(PDF):
        yield _picture(data, limits)
        return
    opened = _opened(data)
    for number in wanted:
        yield _drawn(opened, number, limits)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise RefusedError("locked" if "password" in str(error).lower() else "damaged") from None


def _drawn(opened: pypdfium2.PdfDocument, number: int, limits: Limits) -> Image.Image | None:
    try:
        page = opened[number]
        scale = limits["resolution"] / _INCH
        width, height = (side * scale for side in page.get_size())
        if width < 1 or height < 1:
            return None
        # A page that claims to be a poster is drawn smaller: what is printed here is A4.
        scale *= min(1.0, (limits["pixels"] / (width * height)) ** 0.5)
        drawn: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
        return drawn.convert("L")
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return None


def _picture(data: bytes, limits: Limits) -> Image.Image | None:
    opened = _opened_picture(data, limits)
    try:
        return ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError):
        return None


def _opened_picture(data: bytes, limits: Limits) -> Image.Image:
    try:
        opened = Image.open(io.BytesIO(data), formats=_PICTURES)
    except UnidentifiedImageError:
        raise RefusedError("not-a-scan") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise RefusedError("damaged") from None
    if opened.width * opened.height > limits["photo"]:
        raise RefusedError("too-many-pixels")
    return opened
