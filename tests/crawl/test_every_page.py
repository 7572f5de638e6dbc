"""Every page that somebody reaches, in a real browser: for all eyes, on a phone, in the dark."""

from collections.abc import Iterable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from registry.catalogues import SOURCE, spoken
from tests.crawl.failing import FAILURES
from tests.crawl.looking import eye
from tests.crawl.reading import Reading
from tests.crawl.staging import Stage
from tests.crawl.walking import Walk, first_of_each

FEW = "DOGINHE"
"""Who together come to every route, whoever sees most first; see `actors.LETTERS` and `states.newcomers`."""
OF_PARENTS = {
    "consents.start",
    "consents.ask_code",
    "consents.desk",
    "consents.show_person",
    "consents.read",
    "consents.choose",
    "consents.check",
    "consents.signing_code",
    "consents.decided",
    "proofs.copy",
}
"""The pages on the way of a parent from his link to his sealed document."""
FOR_MACHINES = ("api-", "trail.", "assets.", "health.", "failing.")
FOR_READERS = {"api-pages.read", "api-pages.read_room"}
NOT_REACHED = {
    "consents.esia_back": "comes back from ESIA with its answer only",
    "consents.onward": "leads on at once, from a form that was sent",
    "consents.open_request": "leads on at once, from a task about one request",
    "proofs.fetch_export": "a file, for who ordered it when the worker has made it",
    "submissions.carry_message": "a file, of a message that goes by hand",
    "submissions.carry_note": "a file, of a message that goes by hand",
}
"""Routes that no link leads to, with the reason; a route that is reached must leave this list."""


def walks(stage: Stage, letters: Iterable[str], language: str, most: int) -> Iterator[tuple[str, Walk]]:
    for letter in letters:
        walk = Walk(stage.app, stage.askers[letter], language, most)
        yield letter, walk.take(*stage.begins[letter])


def pages(app: Flask) -> set[str]:
    """Name the routes that people open."""
    opened = (rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return {one for one in opened if one in FOR_READERS or not one.startswith(FOR_MACHINES)}


def test_every_page_is_reached_and_is_for_everybody(stage: Stage, browser: Browser) -> None:
    """Axe finds nothing in the light and in the dark, nothing scrolls sideways, nothing is broken."""
    faults, reached, looked_at = list[str](), set[str](), set[str]()
    for letter, walk in walks(stage, FEW, "ru", 4):
        faults += walk.broken
        reached |= {one.endpoint for one in walk.found}
        faults += [
            f"{letter} {one.address}: {fault}"
            for one in walk.found
            if one.reading
            for fault in one.reading.faults()
        ]
        with eye(browser, stage.at, stage.askers[letter].token) as window:
            for one in first_of_each(walk.found, looked_at):
                assert window.open(one.address) == 200, one
                faults += [f"{letter} {one.endpoint} {one.address}: {fault}" for fault in window.faults()]
    assert faults == []
    assert pages(stage.app) - reached == set(NOT_REACHED)
    assert len(looked_at) > 90


def test_a_page_of_a_failure_says_what_happened_and_what_now(stage: Stage, browser: Browser) -> None:
    """In the heading and below it, for all eyes, with a way home; from 500 on with a number to name."""
    faults = list[str]()
    with eye(browser, stage.at, stage.askers["D"].token) as window:
        for status in FAILURES:
            own = (f"{status}: ", "console: Failed to load resource")
            assert window.open(f"/failing/{status}") == status
            faults += [f"{status}: {one}" for one in window.faults() if not one.startswith(own)]
            said = Reading(window.page.content())
            faults += [f"{status}: {one}" for one in said.faults()]
            assert "/" in said.links
            assert len(window.page.locator("main p").all_inner_texts()[0]) > 20
            assert window.page.locator("main code").count() == (status >= 500)
    assert faults == []


@pytest.mark.parametrize("language", [one for one in spoken() if one != SOURCE])
def test_the_way_of_a_parent_is_for_all_eyes_in_other_languages(
    stage: Stage, browser: Browser, language: str
) -> None:
    """Long words of a language push nothing sideways either, and each page says its language."""
    faults, looked_at = list[str](), set[str]()
    for letter, walk in walks(stage, "NGU", language, 4):
        faults += walk.broken
        with eye(browser, stage.at, stage.askers[letter].token, language) as window:
            for one in first_of_each(walk.found, looked_at):
                if one.endpoint in OF_PARENTS:
                    assert window.open(one.address) == 200, one
                    told = [*window.faults(), *(one.reading.faults() if one.reading else ())]
                    faults += [f"{letter} {one.endpoint} {one.address}: {fault}" for fault in told]
                    assert one.reading
                    assert one.reading.language == language
    assert faults == []
    assert looked_at >= OF_PARENTS


@pytest.mark.deep
@pytest.mark.parametrize("language", spoken())
def test_every_page_of_everybody_is_for_all_eyes(stage: Stage, browser: Browser, language: str) -> None:
    """Each role's page of each route, in each language, at each width, in the light and in the dark."""
    faults = list[str]()
    for letter, walk in walks(stage, stage.askers, language, 25 if language == SOURCE else 4):
        faults += walk.broken
        with eye(browser, stage.at, stage.askers[letter].token, language) as window:
            for one in first_of_each(walk.found, set()):
                assert window.open(one.address) == 200, one
                told = [*window.faults(thorough=True), *(one.reading.faults() if one.reading else ())]
                faults += [f"{language} {letter} {one.endpoint} {one.address}: {fault}" for fault in told]
    assert faults == []
