"""People, a school and staff whose names try to do harm, on every page that somebody reaches by links."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from registry.access.models.tables import users
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import create_app
from registry.config import Settings
from registry.people.models.persons import get_person
from registry.people.models.places import get_school, list_classes
from registry.people.models.tables import schools
from registry.people.models.writing import change_person
from registry.work import Work
from registry.workflows import versions
from tests.consents.conftest import Town, confirm_everything, last_code, town
from tests.consents.pages.conftest import Reader
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import send
from tests.proofs.conftest import seal
from tests.submissions.test_pages import PASSWORD, Browser
from tests.web.browsers import Browser as Uploader
from tests.web.walking import FORMULA, IMAGE, faults, walk

__all__ = ["town"]
CONTROL = "\x01\x1b[31m"
LONG = "Ы" * 100
HOSTILE = f"{FORMULA} {IMAGE}"
ROLES = {
    Role.TUTOR: Scope.CLASS,
    Role.CLERK: Scope.SCHOOL,
    Role.DIRECTOR: Scope.SCHOOL,
    Role.COORDINATOR: Scope.MUNICIPALITY,
    Role.OPERATOR: Scope.INSTALLATION,
    Role.AUDITOR: Scope.INSTALLATION,
    Role.ADMINISTRATOR: Scope.INSTALLATION,
}


@pytest.fixture
def app(town: Town) -> Flask:
    with town.work() as work:
        versions.publish(work, versions.shipped())
        for role in ROLES:
            _employ(work, town.registry.settings, town.school, role)
    return create_app(town.registry)


def _employ(work: Work, settings: Settings, school_id: UUID, role: Role) -> None:
    scope, school = ROLES[role], get_school(work.connection, school_id)
    places = {
        Scope.CLASS: list_classes(work.connection, school_id, 2020)[0].id,
        Scope.SCHOOL: school_id,
        Scope.MUNICIPALITY: school.municipality_id,
        Scope.INSTALLATION: None,
    }
    hashed = Passwords(settings).hash(PASSWORD)
    user_id = add_user(work, NewUser(role.value, f"Сотрудник {role}", hashed))
    own = school_id if scope in {Scope.CLASS, Scope.SCHOOL} else None
    give_role(work, user_id, Right(role, scope, places[scope], own))


def staff(app: Flask, role: Role) -> Browser:
    browser = Browser(app.test_client()).sign_in(role.value)
    browser.step_up()
    if role is Role.AUDITOR:
        browser.send("/purpose", "/purpose", reason="planned", order=HOSTILE)
    return browser


def signer(app: Flask, town: Town, name: str) -> Reader:
    found = Reader(app.test_client())
    found.open(f"/i/{town.link(name)}")
    found.send("/start", channel="phone")
    found.send("/code", code=last_code(town.registry, town.people[name]))
    assert found.path == "/decide", found.text
    return found


def row(number: int, **changed: object) -> list[object]:
    """A row of a list like the clean one, with other numbers and some cells of its own."""
    cells = [*CLEAN]
    cells[0], cells[5], cells[6], cells[7] = number, None, None, None
    cells[13], cells[14], cells[15] = None, None, None
    for name, value in changed.items():
        cells[HEADER.index({"last": "Фамилия", "first": "Имя", "relation": "Кем приходится"}[name])] = value
    return cells


ROWS = [
    row(1, last=IMAGE),
    row(2, first=FORMULA),
    row(3, last=f"Гра{CONTROL}чёв"),
    row(4, last=LONG, first=LONG, relation=f"опекун, постановление {IMAGE} {FORMULA}"),
    row(5, last=LONG * 20),
    row(6, last="Грачёва", relation=f"{FORMULA}{IMAGE}"),
]


def bring_in(town: Town, clerk: Browser) -> None:
    """Bring hostile words in by every door of staff, as far as the rules let them, and past the rules."""
    for approved in (True, False):  # one stays on its review
        answer = send(Uploader(clerk.client), town.school, book(**{FORMULA: [HEADER], "9Б": [HEADER, *ROWS]}))
        assert answer.status_code == 303, answer.text
        if approved:
            assert clerk.send(answer.location, f"{answer.location}/approve").status_code == 303
    for person in town.people.values():
        card = f"/schools/{town.school}/people/{person}"
        for field, value, status in CORRECTIONS:
            answered = clerk.send(f"{card}/{field}", f"{card}/{field}", value=value)
            assert answered.status_code == status, (field, value)
            assert faults([(field, answered)]) == []


CORRECTIONS = [
    ("last_name", IMAGE, 422),
    ("first_name", FORMULA, 422),
    ("middle_name", f"А{CONTROL}", 422),
    ("last_name", LONG * 2, 422),
    ("address", f"{CONTROL} ул. Ленина", 422),
    ("first_name", LONG, 303),
    ("address", f"{HOSTILE} {'Я' * 400}", 303),
    ("identity_document", f"{FORMULA} {IMAGE} 0801 № 123456, 12.03.2010, ОВД", 303),
]


def past_the_rules(town: Town) -> None:
    """Give people, school and staff names that no rule lets in: no page may rely on the rules."""
    with town.work() as work:
        for person in town.people.values():
            held = get_person(work.connection, work.vault, person)
            names = {"last_name": IMAGE, "middle_name": FORMULA}
            change_person(work.connection, work.vault, held, names)
        work.connection.execute(update(schools).values(name=HOSTILE, full_name=HOSTILE, address=HOSTILE))
        work.connection.execute(update(users).values(name=HOSTILE))


def decide(reader: Reader) -> None:
    """Conclude the agreement and give the first consent, under a name that is hostile too."""
    for document in ("Соглашение", "Согласие"):
        reader.open("/decide")
        reader.follow(document)
        reader.choose("given")
        reader.send("/sign", full_name=HOSTILE, insists="yes")
        assert "/decide/acts/" in reader.path, reader.text


def everybody(app: Flask, town: Town) -> Iterator[tuple[str, FlaskClient]]:
    for role in ROLES:
        yield role.value, staff(app, role).client
    for name in ("mother", "teen"):
        yield name, signer(app, town, name).client


def test_no_page_that_anybody_reaches_lets_a_name_become_markup_or_a_formula(app: Flask, town: Town) -> None:
    confirm_everything(town)
    bring_in(town, staff(app, Role.CLERK))
    past_the_rules(town)
    decide(signer(app, town, "mother"))
    seal(town)
    shown, kinds = set[str](), set[str]()
    for who, client in everybody(app, town):
        begin = "/decide" if who in town.people else "/"
        answers = walk(client, begin)
        assert faults(answers.items()) == [], who
        assert [address for address, one in answers.items() if one.status_code >= 400] == [], who
        shown |= {who for one in answers.values() if b"&lt;img src=x" in one.data}
        kinds |= {str(one.mimetype) for one in answers.values()}
        assert len(answers) > 5, (who, list(answers))
    assert {"tutor", "clerk", "director", "mother", "teen"} <= shown
    assert {"text/html", "application/pdf"} <= kinds
    assert any("spreadsheet" in kind for kind in kinds)
