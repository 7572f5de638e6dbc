"""The child's way: take the limits, read the bytes, decide by them what they are, give what is left."""

import json
import sys

from registry.documents.apart import keep_within
from registry.documents.scans.child import pdf, pictures
from registry.documents.scans.child.refusing import Limits, RefusedError


def main() -> None:
    """Read, check, strip, answer: one line of JSON, then the bytes to keep."""
    limits: Limits = json.loads(sys.argv[1])
    keep_within(limits["memory"], limits["seconds"])
    data = sys.stdin.buffer.read()
    try:
        kind, pages, kept = looked_through(data, limits)
    except RefusedError as refusal:
        answer(json.dumps({"refused": str(refusal)}).encode())
    else:
        answer(json.dumps({"kind": kind, "pages": pages}).encode() + b"\n" + kept)


def looked_through(data: bytes, limits: Limits) -> tuple[str, int, bytes]:
    """Say what the bytes are, by their content alone, how many pages, and give them without what tells more.

    Raises:
        RefusedError: they are none of these, or do more than show a page.
    """
    if data.startswith(pdf.MARK):
        pages, kept = pdf.stripped(data, limits)
        return "pdf", pages, kept
    if data.startswith(pictures.JPEG):
        return "jpeg", 1, pictures.stripped_jpeg(data, limits)
    if data.startswith(pictures.PNG):
        return "png", 1, pictures.stripped_png(data, limits)
    raise RefusedError("not-a-scan")


def answer(said: bytes) -> None:
    """Write the answer and be done."""
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
