"""Lines of evidence: a label, and a word to translate, or data, or None for what was not recorded."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from registry.consents.told import words

Say = Callable[[str], str]
Lines = list[tuple[str, object]]
LEFT_OUT: Final = object()
"""In the place of a value: the line does not concern this act."""


class Word(str):
    """A value that is translated; other texts are shown as they are."""

    __slots__ = ()


def word(table: Mapping[Any, str | None], key: object) -> Word | None:
    """Find the word for a code; None where the code is absent or unknown, or stands for "not recorded"."""
    found = table.get(key)
    return None if found is None else Word(found)


def yes_or_no(value: object) -> Word | None:
    """Say yes or no; None where neither was recorded."""
    if value is None:
        return None
    return Word(words.YES if value else words.NO)


def moment(text: str | None) -> str | None:
    """Write a recorded moment, in UTC: it is no business of a sheet where its reader lives."""
    if not text:
        return None
    return f"{datetime.fromisoformat(text).astimezone(UTC):%d.%m.%Y %H:%M:%S} UTC"


def told_lines(lines: Lines, say: Say) -> tuple[tuple[str, str | None], ...]:
    """Put lines into a language; those that were left out are not there."""
    return tuple((say(label), _value(value, say)) for label, value in lines if value is not LEFT_OUT)


def _value(value: object, say: Say) -> str | None:
    if value is None or value == "":
        return None
    return say(value) if isinstance(value, Word) else str(value)
