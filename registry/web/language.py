"""The language of an answer: Russian is in the source, others are shipped as catalogues."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain

from registry.catalogues import LOCALES, SOURCE, TRANSLATIONS, catalogue, spoken
from registry.web.cookies import chosen_language
from registry.web.current import current_registry

EXTENSION: Final = "registry-languages"


class Catalogues(Domain):  # type: ignore[misc] # flask_babel says no types
    """The words of pages, read from the files that translators write."""

    def get_translations(self) -> NullTranslations:
        """Give the words of the reader's language."""
        return catalogue(language(), self._folder)

    @cached_property
    def _folder(self) -> Path:
        return Path(self.translation_directories[0])


def register_language(app: Flask, timezone: str) -> None:
    """Let texts be translated and times be written in the school's zone."""
    app.extensions[EXTENSION] = spoken()
    babel = Babel(
        app,
        default_locale=SOURCE,
        default_timezone=timezone,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=locale,
    )
    babel.domain_instance = Catalogues()


def languages() -> tuple[str, ...]:
    """List the languages that this application offers."""
    offered: tuple[str, ...] = current_app.extensions[EXTENSION]
    return offered


def locale() -> str:
    """Name the place whose dates and numbers the reader is used to."""
    return LOCALES.get(language(), language())


def language() -> str:
    """Choose the language of an answer: as the reader chose, else as his browser asks, else the usual one.

    Chosen once a request, for each text on a page asks for it.
    """
    if not has_request_context():
        return SOURCE
    found: str | None = g.get("language")
    if found is None:
        found = g.language = _chosen(languages())
    return found


def _chosen(offered: tuple[str, ...]) -> str:
    if len(offered) == 1:
        return SOURCE
    chosen = chosen_language(request)
    if chosen in offered:
        return str(chosen)
    return request.accept_languages.best_match(offered) or current_registry().settings.language


def in_language(titles: Mapping[str, str]) -> str:
    """Give the text of a title in the reader's language, in Russian where it has none in it."""
    return titles.get(language()) or titles.get(SOURCE) or next(iter(titles.values()), "")
