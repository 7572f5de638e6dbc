"""The purpose of an auditor: asked for before he reads persons, kept for the session, a day at most."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Blueprint, Flask
from sqlalchemy import select

from registry.access.purposes import LONGEST_ORDER, check_purpose, stands_at
from registry.access.rules import Action, Role
from registry.errors import InvalidError
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.web.doors import allowed, shows_persons
from registry.work import Registry
from tests.web.browsers import Browser

Employ = Callable[[str, Role], UUID]
NOW = datetime(2020, 11, 2, 12, tzinfo=UTC)
GOOD = {"reason": "planned", "order": "приказ № 15"}


@pytest.fixture
def auditor(app: Flask, employ: Employ) -> Browser:
    """An auditor at a browser, and a page that shows persons."""
    shown = Blueprint("shown", __name__)

    @shown.get("/shown")
    @shows_persons
    @allowed(Action.PERSON_READ)
    def persons() -> str:
        return "persons"

    app.register_blueprint(shown)
    employ("auditor", Role.AUDITOR)
    browser = Browser(app.test_client())
    browser.sign_in("auditor")
    return browser


def test_an_auditor_says_for_what_he_reads_before_he_reads(auditor: Browser, registry: Registry) -> None:
    """The page asks, goes on to where he was going, shows the purpose, and the trail keeps it."""
    assert auditor.get("/shown").location == "/purpose?next=/shown"
    assert auditor.post("/purpose", next="/shown", **GOOD).location == "/shown"
    assert auditor.get("/shown").text == "persons"
    assert "Плановая проверка, приказ № 15" in auditor.get("/sessions").text
    with registry.reading(SYSTEM) as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars().all()
    assert sum(b'"purpose.stated"' in leaf for leaf in leaves) == 1


def test_a_purpose_belongs_to_its_session(auditor: Browser) -> None:
    auditor.post("/purpose", next="/shown", **GOOD)
    elsewhere = auditor.another()
    elsewhere.sign_in("auditor")
    assert elsewhere.get("/shown").location == "/purpose?next=/shown"


@pytest.mark.parametrize(
    "said", [{}, {"reason": "planned"}, {"order": "1"}, {"reason": "curious", "order": "1"}]
)
def test_half_a_purpose_is_none(auditor: Browser, said: dict[str, str]) -> None:
    answer = auditor.post("/purpose", next="/shown", **said)
    assert answer.status_code == 422
    assert "Исправьте" in answer.text
    assert auditor.get("/shown").status_code == 303


def test_the_page_of_purposes_is_for_auditors_and_leads_to_no_other_site(
    auditor: Browser, employ: Employ
) -> None:
    assert auditor.post("/purpose", next="//evil.example", **GOOD).location == "/"
    employ("clerk", Role.CLERK)
    clerk = auditor.another()
    clerk.sign_in("clerk")
    assert clerk.get("/shown").text == "persons"
    assert clerk.get("/purpose").status_code == 403
    assert clerk.post("/purpose", **GOOD).status_code == 403


def test_a_purpose_stands_for_a_day_at_most() -> None:
    assert stands_at(NOW, NOW + timedelta(hours=23, minutes=59))
    assert not stands_at(NOW, NOW + timedelta(days=1))
    assert not stands_at(None, NOW)


def test_the_number_of_an_order_is_short_and_printable() -> None:
    assert check_purpose("request", "  № 1\u00a0 от 2020 ")[1] == "№ 1 от 2020"
    for order in ("", " ", "x" * (LONGEST_ORDER + 1), "a\x00b"):
        with pytest.raises(InvalidError):
            check_purpose("planned", order)
