"""Making a TrueType file light: without what only screens of low resolution need, a page loses nothing.

Hinting instructions, kerning and licence texts are two thirds of the typeface's bytes; every document embeds
a subset of what is left. The outlines and the widths are not touched.
"""

from itertools import pairwise
from struct import pack, unpack_from
from typing import Final

KEPT: Final = ("OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post")
ENTRY: Final = 16
HEAD_LOCA_FORMAT: Final = 50
NAMES_KEPT: Final = 6
COMPOSITE_HEAD: Final = 10

WORDS, SCALE, MORE, TWO_SCALES, FOUR_SCALES, INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100


def lighten(font: bytes) -> bytes:
    """Give the same typeface without hinting, kerning and long names."""
    tables = _read_tables(font)
    long_offsets = unpack_from(">h", tables["head"], HEAD_LOCA_FORMAT)[0] == 1
    count = len(tables["loca"]) // (4 if long_offsets else 2)
    offsets = unpack_from(f">{count}{'L' if long_offsets else 'H'}", tables["loca"])
    scale = 1 if long_offsets else 2
    glyphs = [_lighten_glyph(tables["glyf"][start * scale : end * scale]) for start, end in pairwise(offsets)]
    places = [0]
    for glyph in glyphs:
        places.append(places[-1] + len(glyph))
    head = bytearray(tables["head"])
    head[HEAD_LOCA_FORMAT : HEAD_LOCA_FORMAT + 2] = pack(">h", 1)
    tables["head"] = bytes(head)
    tables["glyf"] = b"".join(glyphs)
    tables["loca"] = pack(f">{len(places)}L", *places)
    tables["name"] = _short_names(tables["name"])
    return _write_tables(font[:4], tables)


def _read_tables(font: bytes) -> dict[str, bytes]:
    (count,) = unpack_from(">H", font, 4)
    tables = {}
    for number in range(count):
        tag, _sum, start, length = unpack_from(">4sLLL", font, 12 + ENTRY * number)
        if tag.decode() in KEPT:
            tables[tag.decode()] = font[start : start + length]
    return tables


def _write_tables(version: bytes, tables: dict[str, bytes]) -> bytes:
    start = 12 + ENTRY * len(tables)
    directory, body = [version, pack(">HHHH", len(tables), 0, 0, 0)], []
    for tag in sorted(tables):
        data = tables[tag]
        # Check sums are left out: the embedded subset gets its own.
        directory.append(pack(">4sLLL", tag.encode(), 0, start, len(data)))
        body.append(data + b"\0" * (-len(data) % 4))
        start += len(body[-1])
    return b"".join(directory + body)


def _lighten_glyph(glyph: bytes) -> bytes:
    if not glyph:
        return glyph
    (contours,) = unpack_from(">h", glyph)
    light = _lighten_composite(glyph) if contours < 0 else _lighten_simple(glyph, contours)
    return light + b"\0" * (-len(light) % 4)


def _lighten_simple(glyph: bytes, contours: int) -> bytes:
    at = COMPOSITE_HEAD + 2 * contours
    (length,) = unpack_from(">H", glyph, at)
    return glyph[:at] + b"\0\0" + glyph[at + 2 + length :]


def _lighten_composite(glyph: bytes) -> bytes:
    light = bytearray(glyph)
    at, flags = COMPOSITE_HEAD, MORE
    while flags & MORE:
        (flags,) = unpack_from(">H", glyph, at)
        light[at : at + 2] = pack(">H", flags & ~INSTRUCTIONS)
        at += 8 if flags & WORDS else 6
        at += 2 * bool(flags & SCALE) + 4 * bool(flags & TWO_SCALES) + 8 * bool(flags & FOUR_SCALES)
    return bytes(light[:at])


def _short_names(table: bytes) -> bytes:
    """Keep the names of family, style and typeface; drop licence and design texts."""
    _format, count, texts = unpack_from(">HHH", table)
    records = [unpack_from(">6H", table, 6 + 12 * number) for number in range(count)]
    kept = [one for one in records if one[3] <= NAMES_KEPT]
    head, body = [pack(">HHH", 0, len(kept), 6 + 12 * len(kept))], b""
    for platform, encoding, language, name, length, start in kept:
        head.append(pack(">6H", platform, encoding, language, name, length, len(body)))
        body += table[texts + start : texts + start + length]
    return b"".join(head) + body
