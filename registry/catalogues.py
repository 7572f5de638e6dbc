"""The words of the registry in other languages: one catalogue each, read as translators write it.

Russian stands in the source and needs none. Nothing is compiled: a catalogue is read once a process, by the
first who speaks its language.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE: Final = "ru"
TRANSLATIONS: Final = Path(__file__).parent / "translations"
PLACE: Final = Path("LC_MESSAGES") / "messages.po"
LOCALES: Final = {"en": "en_GB"}
"""Whose dates and numbers a language has, where a language alone would give those of another country."""
_DAYS: Final = {"en": "d MMM y"}
"""How a date is written where it has to be short, if not in digits."""
_OPEN = re.compile(rb'^msgstr(?:\[\d\])? ""\r?\n(?!")|^#,.*\bfuzzy\b', re.MULTILINE)


class _Read(Translations):
    """A catalogue out of the file that translators write."""

    def _parse(self, fp: Any) -> None:  # noqa: ANN401 - the standard library's own reader has no public type
        read = read_po(fp)
        self._catalog = {key: words for message in read for key, words in _entries(message, read.num_plurals)}
        self.plural: Callable[[Any], int] = c2py(read.plural_expr)


@cache
def catalogue(language: str, folder: Path = TRANSLATIONS) -> NullTranslations:
    """Give the words of a language; what has none in it, and a language without any, stays Russian."""
    file = folder / language / PLACE
    if language == SOURCE or not file.is_file():
        return NullTranslations()
    with file.open("rb") as opened:
        return _Read(opened)


@cache
def spoken(folder: Path = TRANSLATIONS) -> tuple[str, ...]:
    """List the languages that the registry speaks, the source first: those that lack no word.

    A page half in another language helps nobody: one that is not translated wholly is not offered.
    """
    files = sorted(folder.glob(f"*/{PLACE}"))
    return (SOURCE, *(file.parents[1].name for file in files if not _OPEN.search(file.read_bytes())))


def written_day(day: date, language: str) -> str:
    """Write a date shortly, as readers of a language do: 02.11.2020, 2 Nov 2020."""
    if language not in _DAYS:
        return f"{day:%d.%m.%Y}"
    return str(format_date(day, _DAYS[language], locale=LOCALES.get(language, language)))


def _entries(message: Any, plurals: int) -> list[tuple[Any, str]]:  # noqa: ANN401 - babel says no types
    if not message.id or not message.string or message.fuzzy:
        return []
    if not message.pluralizable:
        return [(_key(message.context, message.id), message.string)]
    return [((_key(message.context, message.id[0]), form), message.string[form]) for form in range(plurals)]


def _key(context: str | None, words: str) -> str:
    """Name a text in a context as the standard library looks for it."""
    return f"{context}\x04{words}" if context else words
