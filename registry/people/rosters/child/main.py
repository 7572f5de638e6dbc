"""The child's way: take the limits, read the bytes, decide by them what they are, answer in lines."""

import json
import resource
import sys
from collections.abc import Iterable

from registry.people.rosters.child import archives, books, compound, texts
from registry.people.rosters.child.refusing import Limits, RefusedError


def main() -> None:
    """Read, check, answer."""
    limits: Limits = json.loads(sys.argv[1])
    limit(limits)
    data = sys.stdin.buffer.read()
    try:
        write_lines(lines_of(data, limits), limits["answer"])
        sys.stdout.write('{"end": true}\n')
    except RefusedError as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.code, "row": refusal.row}) + "\n")


def limit(limits: Limits) -> None:
    """Take from this process the memory, the time and the files that a list does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lines_of(data: bytes, limits: Limits) -> Iterable[object]:
    """Say what the bytes hold, by their content alone: a packed book, an old book, or text.

    Raises:
        RefusedError: they are none of these, or hide more than a list needs.
    """
    if archives.is_archive(data):
        return books.lines(data, limits, since_1904=archives.check(data, limits))
    if compound.is_compound(data):
        return books.lines(data, limits, since_1904=compound.check(data))
    return texts.lines(data, limits)


def write_lines(answer: Iterable[object], left: int) -> None:
    """Write what the reader will read, and stop where it would stop reading."""
    for line in answer:
        text = json.dumps(line, ensure_ascii=False).encode()
        left -= len(text) + 1
        if left < 0:
            raise RefusedError("too-much-text")
        sys.stdout.buffer.write(text + b"\n")
