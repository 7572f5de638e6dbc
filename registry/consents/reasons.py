"""Coded reasons: lists that are data, with their words in the languages of the pages."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from registry.consents.rules.acts import ActKind
from registry.errors import N_, InvalidError
from registry.storage.schema import Json

FILE: Final = Path(__file__).parent / "definitions" / "reasons.toml"
LONGEST_CODE: Final = 40
LONGEST_NOTE: Final = 1_000


class ReasonOf(StrEnum):
    """What a reason is given for; the tables of the list."""

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"
    OPT_OUT = "opt_out"


def codes_of(what: ReasonOf) -> tuple[str, ...]:
    """Name the reasons of a kind, in the order in which they are offered."""
    return tuple(_list()[what])


def choices_of(what: ReasonOf, language: str) -> dict[str, str]:
    """Give the reasons of a kind in words, by code."""
    return {code: words.get(language, words["ru"]) for code, words in _list()[what].items()}


def words_of(what: ReasonOf, code: str | None, language: str) -> str:
    """Say a reason in words; one that nobody named is nothing, one that is not known is itself."""
    return choices_of(what, language).get(code, code) if code else ""


def check_reason(what: ReasonOf, code: str, note: str) -> tuple[str | None, str]:
    """Hold a reason to its list; give the code, or nothing where none was named, and the words beside it.

    Raises:
        InvalidError: the list does not know the code, or the words are too long.
    """
    if code and code not in _list()[what]:
        raise InvalidError(
            N_("Такой причины в списке нет."), fields={"reason": N_("Выберите причину из списка.")}
        )
    if len(note) > LONGEST_NOTE:
        raise InvalidError(
            N_("Слишком длинный текст: сократите его."),
            fields={"note": N_("Слишком длинный текст: сократите его.")},
        )
    return code or None, note.strip()


def reasons_to_say_no(language: str) -> dict[str, str]:
    """Give the reasons to refuse and to withdraw in words, for a paper that may be either."""
    return choices_of(ReasonOf.REFUSED, language) | choices_of(ReasonOf.WITHDRAWN, language)


def reason_said(kind: ActKind, code: str, note: str) -> tuple[str | None, dict[str, Json]]:
    """Give the code that stands in a signer's act, and what its evidence says besides; a yes has neither.

    Raises:
        InvalidError: as `check_reason`.
    """
    if kind is ActKind.GIVEN:
        return None, {}
    known, words = check_reason(ReasonOf(kind), code, note)
    return known, {"reason": words} if words else {}


@cache
def _list() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
