"""The child's way: take the limits, read the file of a signature, answer in one line."""

import json
import sys

from registry.documents.apart import keep_within
from registry.documents.cms.reading import Refused, read
from registry.documents.cms.said import write_said


def main() -> None:
    """Read what comes on standard input, and say on standard output what it is."""
    limits = json.loads(sys.argv[1])
    keep_within(limits["memory"], limits["seconds"])
    sys.stdout.write(answer(sys.stdin.buffer.read()))
    sys.stdout.flush()


def answer(data: bytes) -> str:
    """Say what a file says, or why it is refused."""
    try:
        return write_said(read(data))
    except Refused as refused:
        return json.dumps({"refused": str(refused)})
    except Exception:  # noqa: BLE001 - a stranger's file: whatever the library stumbles over, it is damaged
        return json.dumps({"refused": "damaged"})
