"""A reader is spoken to in his language, if the registry speaks it wholly; he may choose."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from registry.catalogues import PLACE, catalogue, spoken
from registry.web.current import EXTENSION as REGISTRY
from registry.web.filters import day, moment, short_day
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


def test_a_reader_who_asks_for_no_language_that_is_spoken_reads_the_usual_one(app: Flask) -> None:
    app.extensions[EXTENSION] = ("ru", "bg", "en")
    registry = app.extensions[REGISTRY]
    app.extensions[REGISTRY] = replace(registry, settings=replace(registry.settings, language="bg"))
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert language() == "bg"


def test_days_and_moments_are_written_as_readers_of_a_language_do(app: Flask) -> None:
    at = datetime(2020, 9, 2, 4, 5, tzinfo=UTC)
    said = []
    for name in ("ru", "en"):
        app.extensions[EXTENSION] = ("ru", "en")
        with app.test_request_context(headers={"Accept-Language": name}):
            said.append((day(at.date()), short_day(at.date()), moment(at, ZoneInfo("Asia/Vladivostok"))))
    assert said == [
        ("2 сентября 2020\u202fг.", "02.09.2020", "02.09.2020, 14:05 (UTC+10)"),
        ("2 September 2020", "2 Sept 2020", "2 Sept 2020, 14:05 (UTC+10)"),
    ]


def test_a_choice_is_kept_by_the_browser_and_the_page_stays(app: Flask) -> None:
    reader = app.test_client()
    first = reader.get("/sign-in?next=/tasks")
    assert 'lang="ru"' in first.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', first.text)
    assert token
    sent = {"csrf_token": token[1], "language": "en"}
    kept = reader.post("/language", data=sent, headers={"Referer": "http://localhost/sign-in?next=/tasks"})
    assert kept.headers["Location"] == "/sign-in?next=/tasks"
    from_answer = reader.post("/language", data=sent, headers={"Referer": "http://localhost/sign-out"})
    assert from_answer.headers["Location"] == "/", "what only takes what is sent is no page to come back to"
    again = reader.get("/sign-in?next=/tasks")
    assert '<html lang="en"' in again.text
    assert "Staff sign-in" in again.text


def test_every_page_offers_each_language_by_its_own_name_without_a_script(app: Flask) -> None:
    text = app.test_client().get("/sign-in").text
    for name, called in {"ru": "Русский", "en": "English"}.items():
        assert re.search(
            rf'<button[^>]*name="language" value="{name}" lang="{name}"[^>]*>{called}</button>', text
        )


def test_no_page_leaves_the_switch_out() -> None:
    """It stands in the foot of the layout, which a page may fill and not replace."""
    templates = (Path(__file__).parents[2] / "registry").rglob("templates/**/*.html")
    assert [one.name for one in templates if "{% block footer %}" in one.read_text()] == ["layout.html"]
