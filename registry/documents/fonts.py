"""The typeface of all documents: PT Sans, embedded; and which letters it can show."""

import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

import fontpkg_pt_sans
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from registry.documents.typeface import lighten

REGULAR: Final = "PTSans"
BOLD: Final = "PTSans-Bold"
UNKNOWN: Final = "?"

_FILES = {REGULAR: "PT_Sans-Web-Regular.ttf", BOLD: "PT_Sans-Web-Bold.ttf"}
_GONE = {"Cc", "Cf"}
_BREAKS = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")

# No markup is read anywhere in this room; should a reader of markup be added one day, it may open nothing.
rl_config.trustedSchemes = []
rl_config.trustedHosts = []
rl_config.useA85 = 0  # binary streams: a fifth smaller


@lru_cache(maxsize=1)
def register_fonts() -> dict[str, TTFont]:
    """Give the registered fonts by name; reads their files once a process."""
    folder = Path(fontpkg_pt_sans.ROOT) / "files"
    fonts = {
        name: TTFont(name, BytesIO(lighten((folder / file).read_bytes())), asciiReadable=0)
        for name, file in _FILES.items()
    }
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return fonts


@lru_cache(maxsize=1)
def _shown() -> frozenset[str]:
    """Give the letters that both weights can draw."""
    codes = [set(font.face.charToGlyph) for font in register_fonts().values()]
    letters = {chr(code) for code in set.intersection(*codes)}
    return frozenset(one for one in letters if unicodedata.category(one) not in _GONE)


def plain(text: str) -> str:
    """Make any text fit to be drawn on one line.

    Line breaks become blanks; control and direction marks go; a letter that the typeface lacks becomes "?".
    """
    if _shown().issuperset(text):
        return text
    whole = unicodedata.normalize("NFC", text.translate(_BREAKS))
    kept = (one for one in whole if unicodedata.category(one) not in _GONE)
    return "".join(one if one in _shown() else UNKNOWN for one in kept)


def text_width(text: str, font: str, size: float) -> float:
    """Measure a plain text, in points."""
    width: float = register_fonts()[font].stringWidth(text, size)
    return width
