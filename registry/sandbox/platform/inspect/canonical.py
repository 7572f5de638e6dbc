"""Reading canonical JSON (RFC 8785): the one spelling of a value, or a refusal."""

import json
from collections.abc import Iterator
from typing import Any

MAX_LINE = 64 * 1024


def canonical(value: object) -> bytes:
    """The one spelling of a value: objects with ASCII keys, lists, strings, integers, booleans, null."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def read_object(data: bytes) -> dict[str, Any] | None:
    """The object that these bytes spell canonically, or None."""
    try:
        said = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
        if not isinstance(said, dict) or canonical(said) != data:
            return None
    except (ValueError, RecursionError):
        return None
    return said


def read_lines(data: bytes) -> Iterator[dict[str, Any] | None]:
    """Each line's object, or None where a line is not one; the last line ends with a line feed too."""
    if not data:
        return
    if not data.endswith(b"\n"):
        yield None
        return
    for line in data[:-1].split(b"\n"):
        yield read_object(line) if len(line) <= MAX_LINE else None


def _no_float(text: str) -> float:
    raise ValueError(text)
