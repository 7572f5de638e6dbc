"""A scanner for values in files: each value is looked for in nine ways of writing it.

The nine: UTF-8; UTF-16 of either order; Windows-1251; base64 (and base64url) at each of its three offsets;
hex in either case; percent-encoded; JSON escapes; HTML references; and all of these inside streams of deflate
(zlib, gzip, members of ZIP archives), which are opened wherever one begins.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

MOST_INSIDE = 64 * 1024 * 1024
STREAMS = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04")
GONE = (FileNotFoundError, PermissionError)


def written(value: str) -> Iterator[tuple[str, bytes]]:
    """Give a value in every way of writing it, but for compression."""
    data = value.encode()
    yield "utf-8", data
    yield "utf-16-le", value.encode("utf-16-le")
    yield "utf-16-be", value.encode("utf-16-be")
    yield "windows-1251", value.encode("cp1251", "replace")
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + data)
        # The first letters depend on what stands before, the last ones on what comes after.
        inner = whole[-(-offset * 8 // 6) : (offset + len(data)) * 8 // 6]
        yield f"base64+{offset}", inner
        yield f"base64url+{offset}", inner.replace(b"+", b"-").replace(b"/", b"_")
    yield "hex", data.hex().encode()
    yield "HEX", data.hex().upper().encode()
    yield "percent", quote(value, safe="").encode()
    yield "percent-plus", quote_plus(value).encode()
    yield "json", json.dumps(value)[1:-1].encode()
    yield "html", "".join(one if one.isascii() else f"&#{ord(one)};" for one in value).encode()


def needles(values: Iterable[str]) -> dict[bytes, str]:
    """Map every writing of every value to words that name it; of equal ones the first gives the name."""
    found: dict[bytes, str] = {}
    for value in values:
        for how, form in written(value):
            found.setdefault(form, f"{value} ({how})")
    return found


def scan(data: bytes, wanted: Mapping[bytes, str]) -> set[str]:
    """Name what is found in some bytes, and in the compressed streams that they hold."""
    found = {said for needle, said in wanted.items() if needle in data}
    for inner in _inflated(data):
        found |= {f"{said} in deflate" for needle, said in wanted.items() if needle in inner}
    return found


def scan_files(folders: Iterable[Path], wanted: Mapping[bytes, str]) -> dict[str, set[str]]:
    """Name what is found, by file; in the names of files as well."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for path in [folder, *sorted(folder.rglob("*"))]:
            hits = scan(str(path.relative_to(folder.parent)).encode(), wanted)
            if path.is_file():
                try:
                    hits |= scan(path.read_bytes(), wanted)
                except GONE:
                    continue
            if hits:
                found[str(path)] = hits
    return found


def _inflated(data: bytes) -> Iterator[bytes]:
    """Open every stream of deflate that begins in some bytes; what only looks like one gives nothing."""
    for found in STREAMS.finditer(data):
        begin = found.start()
        kind = found[0][:2]
        if kind == b"PK":
            head = data[begin : begin + 30]
            begin += 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        opened = zlib.decompressobj({b"PK": -15, b"\x1f\x8b": 31}.get(kind, 15))
        try:
            inner = opened.decompress(data[begin : begin + MOST_INSIDE], MOST_INSIDE)
        except zlib.error:
            continue
        if inner:
            yield inner
