"""How well scanned forms find back to their consents, and how fast: printed, laid askew, stained, read."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from benchmarks.figure import Figure, own_peak_mib
from benchmarks.scanning import lays, scanned
from registry.documents.marks import PageMark, Tag, read_mark
from registry.documents.paper import Form, printable_forms
from registry.documents.stacks.reading import read_part
from registry.errors import InvalidError

SHEETS: Final = 1_000
LEAST_RIGHT: Final = 99.0
AT_ONCE: Final = 100
SEED: Final = 2020
SQUARE: Final = (496.1, 31.2, 56.7)
"""Where the code stands on a form: left edge, top edge and side, in points from the upper left corner."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading scanned sheets: how many named their page, how many another one, and seconds."""

    sheets: int
    right: int
    wrong: int
    seconds: float


def forms_like(form: Form, number: int, seed: int) -> list[Form]:
    """Make forms of one page for as many consents."""
    chance = random.Random(seed)  # noqa: S311 - repeatable ids, no secret
    return [replace(form, consent=UUID(int=chance.getrandbits(128))) for _ in range(number)]


def read_scans(forms: list[Form], tag: Tag, seed: int) -> Read:
    """Print forms of one page each, scan them carelessly and read them back."""
    ways = lays(seed)
    found = [0, 0, 0.0]
    for begin in range(0, len(forms), AT_ONCE):
        part = forms[begin : begin + AT_ONCE]
        data = scanned(printable_forms(part, tag), ways, SQUARE)
        started = time.perf_counter()
        seen = list(_marks(data, len(part), tag))
        found[2] += time.perf_counter() - started
        for form, marks in zip(part, seen, strict=True):
            wanted = PageMark(form.consent, form.version, 1, 1)
            found[0] += marks == [wanted]
            found[1] += any(one != wanted for one in marks)
    return Read(len(forms), int(found[0]), int(found[1]), found[2])


def figures(form: Form, tag: Tag) -> Iterator[Figure]:
    """Measure a thousand sheets: of a hundred how many are matched right, how many wrong, and the pace."""
    read = read_scans(forms_like(form, SHEETS, SEED), tag, SEED)
    told = f"{read.sheets} sheets, seed {SEED}: turned, shifted, 150 dpi, every eighth stained over its code"
    rate = 100 * read.right / read.sheets
    yield Figure("documents", "scans matched right", rate, "%", LEAST_RIGHT, at_least=True, floor=told)
    yield Figure("documents", "scans matched wrong", read.wrong, "sheets", 0, floor=told)
    pace, peak = read.sheets / read.seconds, own_peak_mib()
    yield Figure("documents", "scans read", pace, "pages/s", floor=told, peak_mib=peak)


def _marks(data: bytes, sheets: int, tag: Tag) -> Iterator[list[PageMark]]:
    done = 0
    while done < sheets:
        part = read_part(data, done)
        for sheet in part.sheets:
            yield [one for text in sheet.texts if (one := _mark(text, tag)) is not None]
        done += len(part.sheets)


def _mark(text: str, tag: Tag) -> PageMark | None:
    try:
        return read_mark(text, tag)
    except InvalidError:
        return None
