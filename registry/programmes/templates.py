"""The notice as a template: paragraphs, bold, and places for values; nothing else, and parsed once.

Values are put into the parsed pieces, never into the source: a value cannot become markup or another place.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

PLACE = re.compile(r"\{([^{}]*)\}")
BOLD = "**"
HEADING = "# "


class BlockKind(StrEnum):
    """What a block is on a page or in a PDF."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; plain text, not markup of any kind."""

    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph."""

    kind: BlockKind
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words without their look."""
        return "".join(span.text for span in self.spans)


class TemplateError(ValueError):
    """A template that does not parse; the message says which words are wrong."""


@lru_cache(maxsize=64)
def parse_template(source: str) -> tuple[Block, ...]:
    """Cut a template into blocks, places still in it.

    Raises:
        TemplateError: a bold that never ends, or a brace without its pair.
    """
    paragraphs = [" ".join(part.split()) for part in source.split("\n\n")]
    return tuple(_block(part) for part in paragraphs if part)


def places_of(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Name the places of a template in order of their first appearance."""
    return tuple(dict.fromkeys(name for block in blocks for name in PLACE.findall(block.text)))


def fill(blocks: Iterable[Block], values: Mapping[str, str]) -> tuple[Block, ...]:
    """Put values into their places, each exactly as given; a paragraph left without words goes."""
    filled = (Block(block.kind, tuple(_filled(span, values) for span in block.spans)) for block in blocks)
    return tuple(block for block in filled if block.text.strip())


def plain(blocks: Iterable[Block]) -> str:
    """Write blocks as the canonical text: one line a block, an empty line between, LF."""
    return "\n\n".join(block.text.strip() for block in blocks) + "\n"


def _block(part: str) -> Block:
    kind = BlockKind.HEADING if part.startswith(HEADING) else BlockKind.PARAGRAPH
    pieces = part.removeprefix(HEADING).split(BOLD)
    if len(pieces) % 2 == 0:
        raise TemplateError(BOLD)
    if re.search(r"[{}]", PLACE.sub("", part)):
        raise TemplateError(part[:40])
    spans = (Span(text, strong=n % 2 == 1) for n, text in enumerate(pieces))
    return Block(kind, tuple(span for span in spans if span.text))


def _filled(span: Span, values: Mapping[str, str]) -> Span:
    return Span(PLACE.sub(lambda found: values[found.group(1)], span.text), span.strong)
