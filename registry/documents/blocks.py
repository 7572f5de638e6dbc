"""What a document says: blocks of text made of runs and of gaps that are filled by hand."""

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is on the page.

    A signature block marks the place of the decision, the date and the signature; what stands in it is said
    by the form's own words.
    """

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of plain text in one weight; no markup is ever read in it."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that is missing: a line to fill by hand, long enough for `letters` written letters."""

    letters: int = 24


Piece = Run | Gap


@dataclass(frozen=True, slots=True)
class Block:
    """One heading or paragraph."""

    kind: BlockKind
    runs: tuple[Piece, ...] = ()


def heading(text: str) -> Block:
    """Make a heading of one plain text."""
    return Block(BlockKind.HEADING, (Run(text),))


def paragraph(*pieces: Piece | str) -> Block:
    """Make a paragraph; a bare text is a run in the usual weight."""
    return Block(BlockKind.PARAGRAPH, tuple(Run(one) if isinstance(one, str) else one for one in pieces))
