"""The mark of a printed page: which consent, which version of its text, which page of how many.

A tag that only the registry can make ends it: what a scanner misread, and what others printed, is never taken
for a page of ours.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from registry.errors import N_, InvalidError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 26
GROUP = 4
FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
TAGGED = 8  # letters of a tag, 40 bits: with them a usual mark still fits into a square that bears a stain

Tag: TypeAlias = Callable[[str], bytes]
"""Makes the keyed digest of a mark's text."""

_LIKE = str.maketrans("ОOILАВЕКМНРСТХ", "0011ABEKMHPCTX")
_MARK = re.compile(
    r"(?P<said>CR2/(?P<code>[0-9A-Z]{26})/(?P<version>[0-9A-Z.-]{1,20})"
    r"/(?P<page>[1-9]\d{0,3})-(?P<pages>[1-9]\d{0,3}))/(?P<tag>[0-9A-Z]{8})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PageMark:
    """What the square code of a page says."""

    consent: UUID
    version: str
    page: int
    pages: int


def write_mark(mark: PageMark, tag: Tag) -> str:
    """Put a mark, and the tag that it is ours, into the letters that a square code holds most densely.

    Raises:
        InvalidError: the notice's version does not fit into a mark.
    """
    said = f"CR2/{_letters(mark.consent)}/{mark.version.upper()}/{mark.page}-{mark.pages}"
    text = f"{said}/{_tag_letters(said, tag)}"
    if _MARK.fullmatch(text) is None:
        raise InvalidError(
            N_("Версия текста «%(version)s» не подходит для печати: нужны цифры, точки и латинские буквы."),
            version=mark.version[:40],
        )
    return text


def read_mark(text: str, tag: Tag) -> PageMark:
    """Read what a scanner saw on a page.

    Raises:
        InvalidError: it is no mark of this registry, or it was read wrongly.
    """
    found = _MARK.fullmatch(text.strip())
    if found is None or not hmac.compare_digest(found["tag"], _tag_letters(found["said"], tag)):
        raise InvalidError(N_("Это не код страницы бланка: отложите страницу и проверьте её вручную."))
    page, pages = int(found["page"]), int(found["pages"])
    if page > pages:
        raise InvalidError(N_("Код страницы бланка противоречив: отложите страницу и проверьте её вручную."))
    return PageMark(_identity(found["code"]), found["version"], page, pages)


def readable_code(identity: UUID) -> str:
    """Write an id so that a person can read it aloud and type it: groups of four and a check letter."""
    letters = _letters(identity)
    code = letters + _check_letter(letters)
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read_code(typed: str) -> UUID:
    """Read a code as people type it: any case, blanks or dashes, Cyrillic look-alikes, O for 0, I or L for 1.

    Raises:
        InvalidError: letters are missing, foreign or mistyped.
    """
    code = re.sub(r"[\s-]", "", typed[:200]).upper().translate(_LIKE)
    if len(code) != LETTERS + 1 or set(code) - set(ALPHABET):
        raise InvalidError(N_("Код не подходит: в нём 27 цифр и латинских букв. Сверьте его с бланком."))
    if _check_letter(code[:LETTERS]) != code[LETTERS]:
        raise _mistyped()
    return _identity(code[:LETTERS])


def _identity(letters: str) -> UUID:
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.find(letter)
    if set(letters) - set(ALPHABET) or number >> 128:
        raise _mistyped()
    return UUID(int=number)


def _mistyped() -> InvalidError:
    return InvalidError(N_("В коде опечатка: сверьте его с бланком и введите ещё раз."))


def _letters(identity: UUID) -> str:
    return "".join(ALPHABET[identity.int >> shift & 31] for shift in range(5 * (LETTERS - 1), -1, -5))


def _tag_letters(said: str, tag: Tag) -> str:
    number = int.from_bytes(tag(said)[: TAGGED * 5 // 8])
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (TAGGED - 1), -1, -5))


def _check_letter(letters: str) -> str:
    """Sum the letters up in GF(32), each weighted by its place: one wrong letter or two swapped ones show."""
    total = 0
    for letter in letters:
        total = _doubled(total ^ ALPHABET.index(letter))
    return ALPHABET[total]


def _doubled(value: int) -> int:
    return value << 1 ^ FIELD if value & 16 else value << 1
