"""The application with this room's pages, and browsers of signers and of staff."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.consents.pages import blueprint
from registry.people.models.places import get_school, list_classes
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.web.doors import check_doors
from tests.consents.conftest import Town

PASSWORD = "correct horse"


@pytest.fixture
def app(town: Town) -> Flask:
    made = create_app(town.registry)
    made.register_blueprint(blueprint)
    check_doors(made)
    return made


class Reader:
    """A person at a browser: opens pages, fills in the forms that he sees and sends them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: TestResponse | None = None

    @property
    def text(self) -> str:
        assert self.page is not None
        return unescape(self.page.text)

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.request.path

    def open(self, path: str) -> TestResponse:
        self.page = self.client.get(path, follow_redirects=True)
        return self.page

    def follow(self, words: str) -> TestResponse:
        """Follow the first link whose words hold these."""
        for address, inside in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.text, re.DOTALL):
            if words in " ".join(re.sub(r"<[^>]+>", " ", inside).split()):
                return self.open(address)
        pytest.fail(f"no link {words!r} on {self.path}: {self.text}")

    def send(self, part: str = "", **fields: str) -> TestResponse:
        """Send the first form whose address holds `part`, with its own values and these."""
        action, values = self.form(part)
        self.page = self.client.post(action, data={**values, **fields}, follow_redirects=True)
        return self.page

    def choose(self, decision: str) -> TestResponse:
        """Answer the question under a document."""
        action, _ = self.form("/check")
        return self.open(f"{action}?decision={decision}")

    def form(self, part: str = "") -> tuple[str, dict[str, str]]:
        for head, inside in re.findall(r"<form([^>]*)>(.*?)</form>", self.text, re.DOTALL):
            action = _attribute(head, "action")
            if part in action and not {"/language", "/sign-out", "/decide/leave"} & {action}:
                return action, _values(inside)
        pytest.fail(f"no form {part!r} on {self.path}: {self.text}")


def _values(inside: str) -> dict[str, str]:
    values = {}
    for head in re.findall(r"<input([^>]*)>", inside):
        if _attribute(head, "type") not in {"radio", "checkbox"} or "checked" in head:
            values[_attribute(head, "name")] = _attribute(head, "value")
    for head, text in re.findall(r"<textarea([^>]*)>(.*?)</textarea>", inside, re.DOTALL):
        values[_attribute(head, "name")] = unescape(text)
    return values


def _attribute(head: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', head)
    return unescape(found[1]) if found else ""


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app.test_client())


@pytest.fixture
def signer(app: Flask, town: Town) -> Callable[[str], Reader]:
    """A signer who has opened his link, sent himself a code and entered it."""

    def made(name: str) -> Reader:
        found = Reader(app.test_client())
        found.open(f"/i/{town.link(name)}")
        found.send("/start", channel="phone")
        found.send("/code", code=town.code_of(name))
        assert found.path == "/decide", found.text
        return found

    return made


@pytest.fixture
def employee(app: Flask, town: Town) -> Callable[[Role], Reader]:
    """A member of staff who has signed in; a tutor has the only class."""

    def made(role: Role) -> Reader:
        with town.registry.work(SYSTEM) as work:
            school = get_school(work.connection, town.school)
            class_id = list_classes(work.connection, school.id, 2020)[0].id
            hashed = Passwords(town.registry.settings).hash(PASSWORD)
            user_id = add_user(work, NewUser(role.value, f"Сотрудник {role}", hashed))
            scope, place = (Scope.CLASS, class_id) if role is Role.TUTOR else (Scope.SCHOOL, school.id)
            give_role(work, user_id, Right(role, scope, place, school.id))
        found = Reader(app.test_client())
        found.open("/sign-in")
        found.send("/sign-in", login=role.value, password=PASSWORD)
        return found

    return made


@pytest.fixture
def class_id(town: Town) -> UUID:
    with town.registry.reading(SYSTEM) as reading:
        return list_classes(reading.connection, town.school, 2020)[0].id
