"""The child's way: take the limits, read the bytes, tell of each page, and give it drawn anew."""

import io
import json
import sys
from typing import Any

from PIL import Image

from registry.documents.apart import keep_within
from registry.documents.stacks.child.refusing import Limits, RefusedError
from registry.documents.stacks.child.sheets import count, sheets
from registry.documents.stacks.child.squares import look, upright


def main() -> None:
    """Read, draw, answer: a line of JSON with the number of pages, then a line and a picture a page."""
    limits: Limits = json.loads(sys.argv[1])
    keep_within(limits["memory"], limits["seconds"])
    data = sys.stdin.buffer.read()
    try:
        pages = count(data, limits)
    except RefusedError as refusal:
        say({"refused": str(refusal)})
        return
    say({"pages": pages})
    wanted = range(limits["first"], min(limits["first"] + limits["most"], pages))
    for sheet in sheets(data, wanted, limits):
        tell(sheet, limits)


def tell(sheet: Image.Image | None, limits: Limits) -> None:
    """Tell of one page: what its square codes say, and the page as a grey JPEG that stands upright."""
    if sheet is None:
        say({"texts": [], "length": 0})
        return
    seen = look(sheet)
    picture = drawn(upright(sheet, seen), limits)
    say({"texts": [text[:200] for text in seen.texts[:5]], "length": len(picture)}, picture)


def drawn(sheet: Image.Image, limits: Limits) -> bytes:
    """Draw a page anew: nothing of the file that came stays but what can be seen."""
    sheet.thumbnail((limits["side"], limits["side"]))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=limits["quality"])
    return out.getvalue()


def say(said: dict[str, Any], picture: bytes = b"") -> None:
    """Write a line, and the picture that it tells of."""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + picture)
    sys.stdout.buffer.flush()
