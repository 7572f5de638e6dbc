"""Names of people: reading them as typed, repairing blanks and case, refusing what is no name."""

import re
import unicodedata
from dataclasses import dataclass

from registry.errors import N_, InvalidError

LONGEST = 100
_LONGEST_NONE = 20
_ALLOWED = re.compile(r"[^\W\d_]+(?:[ '’ʼ.-]{1,2}[^\W\d_]+)*\.?")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_PARTICLES = frozenset(
    "оглы оглу кызы гызы угли улы кизи заде ибн бин де да фон ван аль эль дер".split()  # noqa: SIM905 - a list of words
)
_NONE = re.compile(r"-+|нет|отсутствует|без отчества|б/о|не имеет", re.IGNORECASE)
_RUSSIAN = re.compile(r"[А-Яа-яЁё]+")
_PIECE = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as understood; `repaired` when its letter case is not the typed one."""

    value: str
    repaired: bool
    latin: bool


def parse_name(typed: str) -> Name:
    """Read one part of a person's name.

    Raises:
        InvalidError: `name-control`, `name-long`, `name-mixed`, `name-form`.
    """
    text = squeeze(typed).translate(_DASHES)
    if len(text) > LONGEST:
        raise InvalidError(
            N_("Слишком длинное имя: не больше %(limit)s знаков."), code="name-long", limit=LONGEST
        )
    text = re.sub(r"\s*-\s*", "-", text)
    if not _ALLOWED.fullmatch(text):
        raise InvalidError(
            N_("В имени бывают только буквы, дефис, апостроф и пробел: уберите остальные знаки."),
            code="name-form",
        )
    scripts = _scripts(text)
    if len(scripts) > 1:
        raise InvalidError(
            N_("В имени смешаны русские и похожие на них латинские буквы: наберите его заново."),
            code="name-mixed",
        )
    value = _PIECE.sub(_repair_piece, text)
    return Name(value, repaired=value != text, latin=scripts == {"LATIN"})


def means_none(typed: str) -> bool:
    """Tell whether a cell says in its own way that there is no patronymic."""
    text = typed.strip()
    return len(text) <= _LONGEST_NONE and bool(_NONE.fullmatch(text.translate(_DASHES)))


def squeeze(typed: str) -> str:
    """Compose letters, make every run of blanks one blank, trim; refuse control and invisible signs."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not text.isprintable():
        raise InvalidError(
            N_("В тексте есть невидимые знаки: сотрите его и наберите заново."), code="name-control"
        )
    return text


def fold(name: str) -> str:
    """Give the form by which names are compared: no case, ё as е, no difference of hyphen and blank."""
    return name.casefold().replace("ё", "е").replace("-", " ")


def sort_key(last: str, first: str, middle: str | None) -> str:
    """Give the key that puts Russian names in the order of a class register: ё next to е."""
    return "\x1f".join(fold(part) for part in (last, first, middle or ""))


def _repair_piece(found: re.Match[str]) -> str:
    piece = found[0]
    shouted = len(piece) > 1 and piece.isupper()
    if not shouted and not piece[0].islower():
        return piece
    if found.start() > 0 and piece.casefold() in _PARTICLES:
        return piece.lower()
    return piece[:1].upper() + piece[1:].lower()


def _scripts(text: str) -> set[str]:
    if _RUSSIAN.fullmatch(text):
        return {"CYRILLIC"}
    return {_script(letter) for letter in text if letter.isalpha()}


def _script(letter: str) -> str:
    if "А" <= letter <= "я" or letter in "Ёё":
        return "CYRILLIC"
    return unicodedata.name(letter, "?").split(" ", 1)[0]
