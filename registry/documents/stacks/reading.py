"""Reading a stack of scanned forms without trusting it: a child process with limits draws and looks.

What is kept of a page is the picture that the child drew of it: nothing that could act, and nothing that a
scanner or a telephone noted besides.
"""

import json
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any, Final

from registry.documents.apart import ask_apart
from registry.errors import N_, InvalidError, TooLargeError

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a stack may cost: bytes, pages, points of a page; seconds and memory of one run of the child.

    Attributes:
        resolution: dots an inch at which pages of a PDF are looked at.
        photo: points of a picture that came as one.
        side: longest side of a kept page, in points; quality: of its JPEG.
    """

    packed: int = 60 * _MIB
    pages: int = 200
    pixels: int = 9_000_000
    photo: int = 50_000_000
    resolution: int = 200
    side: int = 1_800
    quality: int = 70
    memory: int = 1_024 * _MIB
    seconds: int = 60
    patience: int = 180


LIMITS: Final = Limits()
AT_ONCE: Final = 20
"""Pages that one run of the child looks at."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One scanned page: its place in the file (from 0), the texts of its square codes, and its picture.

    The picture is an upright grey JPEG; it is empty where the page could not be drawn.
    """

    number: int
    texts: tuple[str, ...]
    picture: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages of a stack, and how many the whole has."""

    pages: int
    sheets: tuple[Sheet, ...]


_REFUSALS = {
    "not-a-scan": N_("Это не PDF, не JPEG и не PNG, как бы файл ни назывался. Отсканируйте бланки ещё раз."),
    "locked": N_("PDF закрыт паролем. Снимите пароль и загрузите файл снова."),
    "too-many-pages": N_("В файле больше %(pages)s страниц. Разделите стопку на части."),
    "too-many-pixels": N_("Снимок слишком велик. Отсканируйте бланки с разрешением 150–300 точек на дюйм."),
    "damaged": N_("Файл повреждён. Отсканируйте бланки ещё раз."),
}
_DIED = N_("Файл не удалось прочитать: он повреждён или устроен слишком сложно. Отсканируйте бланки ещё раз.")


def count_pages(data: bytes, limits: Limits = LIMITS) -> int:
    """Count the pages of a file, by its content.

    Raises:
        TooLargeError: it is above the limit.
        InvalidError: `stack-...`: it is no scan, is locked, damaged or too long.
    """
    if len(data) > limits.packed:
        raise TooLargeError(
            N_("Файл больше %(limit)s МБ. Отсканируйте с меньшим разрешением или разделите стопку."),
            limit=limits.packed // _MIB,
        )
    return _read(data, 0, 0, limits).pages


def read_part(data: bytes, first: int, limits: Limits = LIMITS) -> Part:
    """Read some pages from the given one on; a page at which the child dies comes empty.

    Raises:
        InvalidError: the whole file cannot be read.
    """
    part = _read(data, first, AT_ONCE, limits)
    wanted = min(AT_ONCE, part.pages - first)
    if len(part.sheets) == wanted:
        return part
    # It died at the page after the last one that it told of: the next run begins behind it.
    died = Sheet(first + len(part.sheets), (), b"")
    return Part(part.pages, (*part.sheets, died))


def _read(data: bytes, first: int, most: int, limits: Limits) -> Part:
    told = asdict(limits) | {"first": first, "most": most}
    child = "registry.documents.stacks.child.main"
    answer = BytesIO(ask_apart(child, told, data, limits.patience, cut=True))
    head = _line(answer)
    if head is None:
        raise InvalidError(_DIED, code="stack-died")
    if "refused" in head:
        code = str(head["refused"])
        raise InvalidError(_REFUSALS[code], code=f"stack-{code}", pages=limits.pages)
    sheets: list[Sheet] = []
    while (said := _line(answer)) is not None:
        picture = answer.read(said["length"])
        if len(picture) < said["length"]:
            break
        sheets.append(Sheet(first + len(sheets), tuple(said["texts"]), picture))
    return Part(int(head["pages"]), tuple(sheets))


def _line(answer: BytesIO) -> dict[str, Any] | None:
    """Read a line of the child; None at the end, or where it was cut."""
    try:
        said: dict[str, Any] = json.loads(answer.readline())
    except ValueError:
        return None
    return said
