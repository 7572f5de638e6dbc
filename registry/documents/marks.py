"""The mark of a printed page: which consent, which version of its text, which page of how many."""

import re
from dataclasses import dataclass
from uuid import UUID

from registry.errors import N_, InvalidError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 26
GROUP = 4
FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)

_LIKE = str.maketrans("ОOILАВЕКМНРСТХ", "0011ABEKMHPCTX")
_MARK = re.compile(
    r"CR1/(?P<code>[0-9A-Z]{27})/(?P<version>[0-9A-Z.-]{1,20})/(?P<page>[1-9]\d{0,3})-(?P<pages>[1-9]\d{0,3})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PageMark:
    """What the square code of a page says."""

    consent: UUID
    version: str
    page: int
    pages: int


def write_mark(mark: PageMark) -> str:
    """Put a mark into the letters that a square code holds most densely.

    Raises:
        InvalidError: the notice's version does not fit into a mark.
    """
    text = f"CR1/{_plain_code(mark.consent)}/{mark.version.upper()}/{mark.page}-{mark.pages}"
    if _MARK.fullmatch(text) is None:
        raise InvalidError(
            N_("Версия текста «%(version)s» не подходит для печати: нужны цифры, точки и латинские буквы."),
            version=mark.version[:40],
        )
    return text


def read_mark(text: str) -> PageMark:
    """Read what a scanner saw on a page.

    Raises:
        InvalidError: it is no mark of this registry, or it was read wrongly.
    """
    found = _MARK.fullmatch(text.strip())
    if found is None:
        raise InvalidError(N_("Это не код страницы бланка: отложите страницу и проверьте её вручную."))
    page, pages = int(found["page"]), int(found["pages"])
    if page > pages:
        raise InvalidError(N_("Код страницы бланка противоречив: отложите страницу и проверьте её вручную."))
    return PageMark(read_code(found["code"]), found["version"], page, pages)


def readable_code(identity: UUID) -> str:
    """Write an id so that a person can read it aloud and type it: groups of four and a check letter."""
    code = _plain_code(identity)
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read_code(typed: str) -> UUID:
    """Read a code as people type it: any case, blanks or dashes, Cyrillic look-alikes, O for 0, I or L for 1.

    Raises:
        InvalidError: letters are missing, foreign or mistyped.
    """
    code = re.sub(r"[\s-]", "", typed[:200]).upper().translate(_LIKE)
    if len(code) != LETTERS + 1 or set(code) - set(ALPHABET):
        raise InvalidError(N_("Код не подходит: в нём 27 цифр и латинских букв. Сверьте его с бланком."))
    number = 0
    for letter in code[:LETTERS]:
        number = number << 5 | ALPHABET.index(letter)
    if number >> 128 or _check_letter(code[:LETTERS]) != code[LETTERS]:
        raise InvalidError(N_("В коде опечатка: сверьте его с бланком и введите ещё раз."))
    return UUID(int=number)


def _plain_code(identity: UUID) -> str:
    letters = "".join(ALPHABET[identity.int >> shift & 31] for shift in range(5 * (LETTERS - 1), -1, -5))
    return letters + _check_letter(letters)


def _check_letter(letters: str) -> str:
    """Sum the letters up in GF(32), each weighted by its place: one wrong letter or two swapped ones show."""
    total = 0
    for letter in letters:
        total = _doubled(total ^ ALPHABET.index(letter))
    return ALPHABET[total]


def _doubled(value: int) -> int:
    return value << 1 ^ FIELD if value & 16 else value << 1
