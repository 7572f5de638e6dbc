"""The language of an answer: Russian is in the source, others are shipped as catalogues."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel

from registry.web.cookies import chosen_language

SOURCE: Final = "ru"
TRANSLATIONS: Final = Path(__file__).parent.parent / "translations"
EXTENSION: Final = "registry-languages"


def register_language(app: Flask, timezone: str) -> None:
    """Let texts be translated and times be written in the school's zone."""
    app.extensions[EXTENSION] = shipped()
    Babel(
        app,
        default_locale=SOURCE,
        default_timezone=timezone,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=language,
    )


def shipped() -> tuple[str, ...]:
    """List the languages that there are, the source first."""
    catalogues = TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")
    return (SOURCE, *sorted({file.parent.parent.name for file in catalogues} - {SOURCE}))


def languages() -> tuple[str, ...]:
    """List the languages that this application offers."""
    offered: tuple[str, ...] = current_app.extensions[EXTENSION]
    return offered


def language() -> str:
    """Choose the language of an answer: as the reader chose, else as his browser asks, else Russian."""
    offered = languages()
    if len(offered) == 1 or not has_request_context():
        return SOURCE
    chosen = chosen_language(request)
    if chosen in offered:
        return str(chosen)
    return request.accept_languages.best_match(offered) or SOURCE


def in_language(titles: Mapping[str, str]) -> str:
    """Give the text of a title in the reader's language, in Russian where it has none in it."""
    return titles.get(language()) or titles.get(SOURCE) or next(iter(titles.values()), "")
