"""Whether a new password is good enough: its length, the common ones, and words of its own surroundings."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from registry.access.passwords import LONGEST, SHORTEST
from registry.errors import N_, InvalidError

SHORTEST_OF_WEIGHTY: Final = 12
COMMON: Final = Path(__file__).parent / "common_passwords.txt"
SURROUNDINGS: Final = (
    "registry",
    "consent",
    "school",
    "director",
    "tutor",
    "clerk",
    "admin",
    "administrator",
    "reestr",
    "soglasie",
    "shkola",
    "direktor",
    "uchitel",
    "khabarovsk",
)
"""Words that everybody here would try first; the Russian ones stand in the file of common passwords."""
_LETTERS = re.compile(r"[\W\d_]+")
_SHORTEST_WORD: Final = 4


@cache
def common_passwords() -> frozenset[str]:
    """Read the list of common passwords, once."""
    lines = COMMON.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def check_new(password: str, words: tuple[str, ...], *, weighty: bool) -> None:
    """Refuse a new password that others would guess.

    Args:
        password: as typed, nothing cut off.
        words: login, name and the like of whose password it is.
        weighty: whether one of his roles demands a longer one.

    Raises:
        InvalidError: it is too short, too long, common, or made of words that stand close by.
    """
    least = SHORTEST_OF_WEIGHTY if weighty else SHORTEST
    if not least <= len(password) <= LONGEST:
        raise InvalidError(
            N_("Пароль должен быть не короче %(least)s и не длиннее %(most)s знаков."),
            code="password-length",
            least=least,
            most=LONGEST,
        )
    if _is_common(password) or not _rest(password, words):
        raise InvalidError(
            N_(
                "Такой пароль легко угадать: он частый или составлен из логина, имени или названия."
                " Возьмите несколько не связанных слов."
            ),
            code="password-common",
        )


def _is_common(password: str) -> bool:
    plain = password.casefold()
    bare = _LETTERS.sub("", plain)
    return plain in common_passwords() or len(set(plain)) < _SHORTEST_WORD or bare in common_passwords()


def _rest(password: str, words: tuple[str, ...]) -> str:
    """Leave of a password what is no figure, no sign and no word that stands close by."""
    rest = _LETTERS.sub("", password.casefold())
    near = {part for word in words for part in _LETTERS.sub(" ", word.casefold()).split()}
    for word in sorted({*near, *SURROUNDINGS}, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            rest = rest.replace(word, "")
    # A password of figures alone is good if it is long and not in the list.
    return rest if _LETTERS.sub("", password) else password
