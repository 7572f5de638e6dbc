"""What the encryption of an import costs: the same way once more, with nothing sealed but of equal size.

Run as `python -m benchmarks.people.plain URL HOME FILE`; prints what `benchmarks.people.way` prints.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from benchmarks.figure import Figure
from benchmarks.people import long, way
from registry.storage import vault

TIMES = 1.5
NOTHING = bytes(vault.NONCE)
TAG = bytes(16)


def ratio(name: str, home: Path, file: Path, url: str, sealed_s: float) -> Iterator[Figure]:
    """Go the way unsealed on an empty database, and hold the seconds of the sealed one against it."""
    seconds = long.went(url, home, file, "benchmarks.people.plain")["seconds"]
    plain_s = sum(seconds.values())
    title = f"50,000 students on {name}, encrypted against unencrypted"
    said = f"with sealing {sealed_s:.1f} s; without, the same sizes, {plain_s:.1f} s"
    yield Figure("people", title, sealed_s / plain_s, "times", limit=TIMES, floor=said)


def put(_cipher: object, head: bytes, _place: str, _row: UUID, value: str | bytes) -> bytes:
    """Give a value as long as a sealed one; nothing is drawn and nothing encrypted."""
    return head + NOTHING + (value.encode() if isinstance(value, str) else value) + TAG


def take(_cipher: object, _place: str, _row: UUID, sealed: bytes) -> bytes:
    """Give back what `put` was given."""
    return sealed[vault.HEAD + vault.NONCE : -len(TAG)]


def main() -> None:
    """Go the way with the vault's lock taken out; a key of a person is made of nothing."""

    def no_cipher(_key: bytes) -> Any:  # noqa: ANN401 - stands for a cipher that nobody asks
        return NOTHING

    with ExitStack() as stack:
        for name, other in (("_encrypt", put), ("_decrypt", take), ("AESGCM", no_cipher)):
            stack.enter_context(mock.patch.object(vault, name, other))
        way.main()


if __name__ == "__main__":
    main()
