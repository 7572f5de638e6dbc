"""Checkpoints (C2SP tlog-checkpoint): the size and the root of the tree under the log's signature."""

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass

from registry.errors import N_, TamperedError
from registry.trail.merkle import HASH_SIZE
from registry.trail.note import Signer, Verifier, decode_base64, open_note, sign_note

_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree at one size.

    Attributes:
        origin: name of the log with its epoch, ``host/log/epoch``.
        size: number of leaves.
        root: 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def sign(self, signer: Signer) -> str:
        """Make the signed note; the same checkpoint always gives the same bytes."""
        return sign_note(self.text, signer)


def open_checkpoint(note: str, verifiers: Collection[Verifier]) -> Checkpoint:
    """Read a checkpoint that a known key signed.

    Raises:
        TamperedError: the note is not well formed or not signed by a known key.
    """
    return parse_checkpoint(open_note(note, verifiers))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint: three lines, no extensions.

    Raises:
        TamperedError: it is anything else.
    """
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[_LINES] or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise _malformed()
    try:
        root = decode_base64(lines[2])
    except ValueError:
        raise _malformed() from None
    if len(root) != HASH_SIZE:
        raise _malformed()
    return Checkpoint(lines[0], int(lines[1]), root)


def _malformed() -> TamperedError:
    return TamperedError(N_("Отметка журнала повреждена: её строение неверно."))
