"""Finding the square codes of a page, and which way up it lies."""

from collections.abc import Iterator
from dataclasses import dataclass

import zxingcpp
from PIL import Image

_QUARTER = 90
_TURNS = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What square codes of a page say, and by how many quarters it has to be turned to the left to stand."""

    texts: tuple[str, ...]
    quarters: int = 0


def look(sheet: Image.Image) -> Seen:
    """Read the square codes; the harder the page, the more ways are tried."""
    for picture, binarizer in _ways(sheet):
        found = zxingcpp.read_barcodes(
            picture,
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            try_invert=False,
            binarizer=binarizer,
            text_mode=zxingcpp.TextMode.Plain,
        )
        if found:
            texts = tuple(dict.fromkeys(one.text for one in found))
            return Seen(texts, round(found[0].orientation / _QUARTER) % 4)
    return Seen(())


def upright(sheet: Image.Image, seen: Seen) -> Image.Image:
    """Turn a page so that its code stands as it was printed."""
    turn = _TURNS.get(seen.quarters)
    return sheet if turn is None else sheet.transpose(turn)


def _ways(sheet: Image.Image) -> Iterator[tuple[Image.Image, zxingcpp.Binarizer]]:
    yield sheet, zxingcpp.Binarizer.LocalAverage
    yield sheet, zxingcpp.Binarizer.GlobalHistogram
    yield sheet, zxingcpp.Binarizer.FixedThreshold
    larger = sheet.resize((sheet.width * 3 // 2, sheet.height * 3 // 2), Image.Resampling.BICUBIC)
    yield larger, zxingcpp.Binarizer.LocalAverage
