"""A reader is spoken to in his language, if the registry speaks it wholly; he may choose."""

from pathlib import Path

import pytest
from flask import Flask

from registry.catalogues import PLACE, catalogue, spoken
from registry.web.language import EXTENSION, language, locale

WHOLE = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "%(count)s ребёнок"
msgid_plural "%(count)s детей"
msgstr[0] "%(count)s child"
msgstr[1] "%(count)s children"

msgctxt "of a class"
msgid "Список"
msgstr "Roll"

msgid "Список"
msgstr ""
"List"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, words in {
        "en": WHOLE,
        "bg": WHOLE + '\nmsgid "Школа"\nmsgstr ""\n',
        "kk": WHOLE.replace("msgctxt", "#, fuzzy\nmsgctxt"),
        "tt": WHOLE.replace('"%(count)s children"', '""'),
    }.items():
        file = tmp_path / name / PLACE
        file.parent.mkdir(parents=True)
        file.write_text(words)
    return tmp_path


def test_a_language_that_lacks_a_word_is_not_offered(folder: Path) -> None:
    assert spoken(folder) == ("ru", "en")


def test_a_catalogue_gives_words_by_context_and_number(folder: Path) -> None:
    words = catalogue("en", folder)
    assert words.gettext("Список") == "List"
    assert words.pgettext("of a class", "Список") == "Roll"
    said = [words.ngettext("%(count)s ребёнок", "%(count)s детей", count) for count in (1, 2)]
    assert said == ["%(count)s child", "%(count)s children"]


def test_what_no_catalogue_says_stays_russian(folder: Path) -> None:
    assert catalogue("en", folder).gettext("Школа") == "Школа"
    assert catalogue("ru", folder).gettext("Список") == "Список"
    assert catalogue("de", folder).gettext("Список") == "Список"


@pytest.mark.parametrize(
    ("asked", "chosen", "spoken_to"),
    [
        ("en-US,en;q=0.9", None, "en"),
        ("bg,en;q=0.5", None, "bg"),
        ("de,fr", None, "ru"),
        ("*", None, "ru"),
        ("", None, "ru"),
        ("en", "bg", "bg"),
        ("en", "xx", "en"),
    ],
)
def test_a_reader_is_spoken_to_as_he_chose_else_as_his_browser_asks(
    app: Flask, asked: str, chosen: str | None, spoken_to: str
) -> None:
    app.extensions[EXTENSION] = ("ru", "bg", "en")
    headers = {"Accept-Language": asked} | ({"Cookie": f"language={chosen}"} if chosen else {})
    with app.test_request_context(headers=headers):
        assert language() == spoken_to
        assert locale() == {"en": "en_GB"}.get(spoken_to, spoken_to)
