"""The words of letters: text templates of this room, translated, with values put in as plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from registry.catalogues import catalogue, written_day
from registry.letters.rules import Channel, LetterKind, check_subject, check_values

TEMPLATES: Final = Path(__file__).parent / "templates"
OWN_WORDS: Final = frozenset({"task", "step"})
"""Values that are texts of the registry, marked where they are named and translated here."""
Value = str | date | Mapping[str, str]
"""What fills a place: a text, a day or a local time, a title in several languages."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says: a subject (for the e-mail's head and the letter on paper) and a plain text."""

    subject: str
    text: str


def compose(kind: LetterKind, channel: Channel, values: Mapping[str, Value], language: str) -> Words:
    """Put values into the words of a kind.

    Raises:
        InvalidError: a value is missing, foreign, too long or not one line.
    """
    said = {name: _in_words(name, value, language) for name, value in values.items()}
    check_values(kind, said)
    environment = _environment(language)
    form = Channel.SMS if channel is Channel.SMS else Channel.EMAIL
    subject = environment.get_template(f"{kind}.subject.txt").render(said).strip()
    text = environment.get_template(f"{kind}.{form}.txt").render(said).strip()
    return Words(check_subject(subject), text)


def _in_words(name: str, value: Value, language: str) -> str:
    """Put what fills a place into a language."""
    if isinstance(value, datetime):
        return f"{written_day(value, language)}, {value:%H:%M}"
    if isinstance(value, date):
        return written_day(value, language)
    if isinstance(value, Mapping):
        return value.get(language) or next(iter(value.values()))
    return catalogue(language).gettext(value) if name in OWN_WORDS else value


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    """Make the templates of one language; texts without a translation stay in the source language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        keep_trailing_newline=True,
    )
    found = catalogue(language)
    environment.install_gettext_callables(found.gettext, found.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment
