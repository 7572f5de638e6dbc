"""Schools to upload rosters to, hands that upload, review and approve, and browsers of staff."""

from typing import Protocol
from uuid import UUID

import pytest
from flask import Flask

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import load_names
from registry.people.class_names import ClassName
from registry.people.models.families import Family, families_of
from registry.people.pages import blueprint
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import Review
from registry.people.usecases import rosters
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.people.usecases.reviewing import RosterFile, ShownReview, read_roster, show_review
from registry.trail.entries import SYSTEM, Actor
from registry.web.create import create_app
from registry.web.doors import check_doors
from registry.work import Registry
from registry.workflows import versions
from tests.web.browsers import PASSWORD, Browser

load_names()


class Office:
    """A school's office: what it does with rosters, a transaction a step."""

    def __init__(self, registry: Registry, school: UUID) -> None:
        self.registry = registry
        self.school = school
        self.clerk = Actor("staff", UUID(int=1), "clerk", "password", school)

    def upload(self, data: bytes, only: ClassName | None = None) -> UUID:
        file = RosterFile(data, read_workbook(data), only)
        with self.registry.reading(self.clerk) as reading:
            read = read_roster(reading, self.school, file)
        with self.registry.work(self.clerk) as work:
            return rosters.upload(work, self.school, read).id

    def review(self, batch: UUID) -> ShownReview:
        with self.registry.reading(SYSTEM) as work:
            return show_review(work, self.school, batch)

    def approve(self, data: bytes) -> Review:
        batch = self.upload(data)
        shown = self.review(batch)
        with self.registry.work(self.clerk) as work:
            rosters.approve(work, self.school, batch, shown.mark)
        return shown.review

    def families(self) -> tuple[Family, ...]:
        with self.registry.reading(SYSTEM) as work:
            return families_of(work.connection, work.vault, self.school, work.today)


@pytest.fixture
def offices(registry: Registry) -> list[Office]:
    """Two schools of one town."""
    with registry.work(SYSTEM) as work:
        name = "roster-review.toml"
        versions.publish(work, {name: versions.shipped()[name]})
        town = add_municipality(work, add_region(work, "27", "Хабаровский край").id, "Хабаровск")
        said = [
            SchoolSaid(town.id, f"270{n}", f"Школа {n}", f"МБОУ СОШ № {n}", "Хабаровск") for n in (17, 18)
        ]
        return [Office(registry, add_school(work, one).id) for one in said]


@pytest.fixture
def office(offices: list[Office]) -> Office:
    """One school."""
    return offices[0]


@pytest.fixture
def app(registry: Registry):
    made = create_app(registry)
    made.register_blueprint(blueprint)
    check_doors(made)
    return made


@pytest.fixture
def browser(app: Flask):
    return Browser(app.test_client())


class Employ(Protocol):
    """Gives somebody a login and a role in a school, or in one class of it."""

    def __call__(self, login: str, role: Role, school: UUID, classroom: UUID | None = None) -> None: ...


@pytest.fixture
def employ(registry: Registry) -> Employ:
    def made(login: str, role: Role, school: UUID, classroom: UUID | None = None) -> None:
        with registry.work(SYSTEM) as work:
            hashed = Passwords(registry.settings).hash(PASSWORD)
            user = add_user(work, NewUser(login, f"Сотрудник {login}", hashed))
            scope = Scope.CLASS if classroom else Scope.SCHOOL
            give_role(work, user, Right(role, scope, classroom or school, school))

    return made


def send(browser: Browser, school: UUID, data: bytes, name: str = "список.xlsx"):
    """Send a file; written by hand, for the test client would leave a temporary file of a large form open."""
    head = 'Content-Disposition: form-data; name="{}"'
    fields = (
        f"--edge\r\n{head.format('csrf_token')}\r\n\r\n{browser.token('/sessions')}\r\n"
        f'--edge\r\n{head.format("file")}; filename="{name}"\r\n\r\n'
    )
    body = fields.encode() + data + b"\r\n--edge--\r\n"
    return browser.client.post(
        f"/schools/{school}/rosters",
        data=body,
        content_type="multipart/form-data; boundary=edge",
        headers={"Accept": "text/html"},
    )


@pytest.fixture
def clerk(browser: Browser, office: Office, employ: Employ):
    employ("clerk", Role.CLERK, office.school)
    browser.sign_in("clerk")
    return browser
