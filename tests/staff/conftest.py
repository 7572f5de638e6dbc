"""Two schools with staff, the whole application, and a browser for each of its people."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import create_app
from registry.people.class_names import ClassName
from registry.people.usecases import places
from registry.people.usecases.places import SchoolSaid
from registry.trail.entries import SYSTEM
from registry.work import Registry

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Place:
    """A school with one class."""

    id: UUID
    classroom: UUID


class Person:
    """A person's browser: fills the hidden fields in from the page of the form."""

    def __init__(self, client: FlaskClient, user_id: UUID | None = None) -> None:
        self.client = client
        self.user_id = user_id

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def send(self, page: str, path: str, **fields: object) -> TestResponse:
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.get(page).text))
        hidden.setdefault("idempotency_key", uuid4().hex)
        return self.client.post(path, data={**hidden, **fields})

    def sign_in(self, login: str, password: str = PASSWORD) -> "Person":
        assert self.send("/sign-in", "/sign-in", login=login, password=password).status_code == 303
        return self

    def step_up(self) -> "Person":
        assert self.send("/step-up", "/step-up", password=PASSWORD).status_code == 303
        return self


Employ = Callable[..., Person]


@pytest.fixture
def app(registry: Registry) -> Flask:
    return create_app(registry)


@pytest.fixture
def schools(registry: Registry) -> tuple[Place, Place]:
    made = []
    with registry.work(SYSTEM) as work:
        region = places.add_region(work, "27", "Хабаровский край")
        town = places.add_municipality(work, region.id, "Город Хабаровск")
        for code in ("17", "3"):
            said = SchoolSaid(town.id, code, f"Школа {code}", f"Школа № {code}", "г. Хабаровск")
            school = places.add_school(work, said)
            classes = places.open_classes(work, school.id, frozenset({ClassName(7, "А")}))
            made.append(Place(school.id, next(iter(classes.values())).id))
    return made[0], made[1]


@pytest.fixture
def school(schools: tuple[Place, Place]) -> Place:
    return schools[0]


@pytest.fixture
def employ(registry: Registry, app: Flask, school: Place) -> Employ:
    """Make a member of staff with a role, of the first school by default; give his browser, signed in."""
    hashed = Passwords(registry.settings).hash(PASSWORD)

    def made(login: str, role: Role, at: Place | None = None) -> Person:
        where = at or school
        scope = {Role.TUTOR: Scope.CLASS, Role.ADMINISTRATOR: Scope.INSTALLATION}.get(role, Scope.SCHOOL)
        place = {Scope.CLASS: where.classroom, Scope.SCHOOL: where.id}.get(scope)
        with registry.work(SYSTEM) as work:
            user_id = add_user(work, NewUser(login, f"Сотрудник {login}", hashed))
            school_id = None if place is None else where.id
            give_role(work, user_id, Right(role, scope, place, school_id))
        return Person(app.test_client(), user_id).sign_in(login)

    return made
