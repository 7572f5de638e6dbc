"""Breaking runs and gaps into lines of one width; all lengths in points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from registry.documents.blocks import Gap, Piece
from registry.documents.fonts import BOLD, REGULAR, plain, text_width

LETTER: Final = 8.5  # room for one letter written by hand
SHORTEST_GAP: Final = 60.0
AFTER_GAP: Final = 8.0  # a comma or a full stop stays beside its gap

Atom = tuple[str, str]
"""A font and a text without blanks."""


@dataclass(slots=True)
class Line:
    """One line: texts as (x, font, text) and rules to write on as (from x, to x)."""

    texts: list[tuple[float, str, str]] = field(default_factory=list)
    rules: list[tuple[float, float]] = field(default_factory=list)


class LineBreaker:
    """Fills lines of one width with words and gaps, greedily."""

    def __init__(self, width: float, size: float) -> None:
        self.lines: list[Line] = [Line()]
        self._width = width
        self._size = size
        self._blank = text_width(" ", REGULAR, size)
        self._x = 0.0

    def add_word(self, word: Sequence[Atom], *, after_blank: bool) -> None:
        """Set one word, whose atoms may differ in weight, on this line or the next."""
        widths = [text_width(text, font, self._size) for font, text in word]
        width = sum(widths)
        blank = self._blank if after_blank and self._x else 0.0
        if self._x and self._x + blank + width > self._width:
            self._begin_line()
            blank = 0.0
        if width > self._width:
            word = list(self._cut(word))
            widths = [text_width(text, font, self._size) for font, text in word]
        self._x += blank
        for atom, wide in zip(word, widths, strict=True):
            self._add_atom(atom, wide, after_blank=bool(blank))
            blank = 0.0

    def add_gap(self, letters: int, *, after_blank: bool) -> None:
        """Draw a rule for so many written letters, over several lines when it is long."""
        left = letters * LETTER
        self._x += self._blank if after_blank and self._x else 0.0
        while left > 0:
            room = self._width - self._x - AFTER_GAP
            if room < min(left, SHORTEST_GAP):
                self._begin_line()
                continue
            length = min(left, room)
            self.lines[-1].rules.append((self._x, self._x + length))
            self._x += length
            left -= length if left - length > SHORTEST_GAP / 2 else left

    def _add_atom(self, atom: Atom, width: float, *, after_blank: bool) -> None:
        font, text = atom
        if self._x and self._x + width > self._width + 0.01:
            self._begin_line()
        line = self.lines[-1]
        spaced = f" {text}" if after_blank and line.texts else text
        x = self._x - (self._blank if spaced != text else 0.0)
        if line.texts and line.texts[-1][1] == font and not line.rules:
            start, _, before = line.texts[-1]
            line.texts[-1] = (start, font, before + spaced)
        else:
            line.texts.append((x, font, spaced))
        self._x += width

    def _cut(self, word: Sequence[Atom]) -> Iterator[Atom]:
        """Cut a word that is wider than a whole line into parts that fit."""
        for font, text in word:
            part, width = "", 0.0
            for letter in text:
                wide = text_width(letter, font, self._size)
                if part and width + wide > self._width:
                    yield font, part
                    part, width = "", 0.0
                part, width = part + letter, width + wide
            yield font, part

    def _begin_line(self) -> None:
        self.lines.append(Line())
        self._x = 0.0


def break_lines(pieces: Sequence[Piece], width: float, size: float) -> list[Line]:
    """Break pieces into lines; at least one line, empty when there is nothing to say."""
    breaker = LineBreaker(width, size)
    for word, after_blank in _words(pieces):
        if isinstance(word, Gap):
            breaker.add_gap(word.letters, after_blank=after_blank)
        else:
            breaker.add_word(word, after_blank=after_blank)
    return breaker.lines


def _words(pieces: Sequence[Piece]) -> Iterator[tuple[list[Atom] | Gap, bool]]:
    """Join neighbouring runs into words; say of each whether a blank stands before it."""
    word: list[Atom] = []
    blank = False
    for atom, before in _atoms(pieces):
        if word and (before or isinstance(atom, Gap)):
            yield word, blank
            word, blank = [], False
        blank = blank or before
        if isinstance(atom, Gap):
            yield atom, blank
            blank = False
        elif atom[1]:
            word.append(atom)
    if word:
        yield word, blank


def _atoms(pieces: Sequence[Piece]) -> Iterator[tuple[Atom | Gap, bool]]:
    """Give gaps and texts without blanks, and whether a blank stands before each; a text may be empty."""
    for piece in pieces:
        if isinstance(piece, Gap):
            yield piece, False
            continue
        font = BOLD if piece.bold else REGULAR
        for number, text in enumerate(plain(piece.text).split(" ")):
            yield (font, text), number > 0
