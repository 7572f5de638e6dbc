"""A value that two people claim: the later one waits, who stands above both decides, schools do the rest."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.people.models.collisions import open_claims
from registry.people.models.places import get_school
from registry.people.usecases.corrections import correct_field
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.work import Registry
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Employ, Office
from tests.web.browsers import PASSWORD, Browser

OTHER = [
    1,
    "Орлов",
    "Пётр",
    "Ильич",
    date(2005, 3, 2),
    "112-233-445 95",
    "+79160000001",
    "o.p@example.org",
    "Орлова",
    "Вера",
    "Львовна",
    "мать",
    date(1970, 1, 2),
    "",
    "+79160000002",
    "o.v@example.org",
]
HELD_PHONE = "+79672812056"


@pytest.fixture
def claimed(offices: list[Office]) -> list[Office]:
    """Two schools; the second one wrote for its student the phone of a student of the first."""
    holding, claiming = offices
    holding.approve(book(**{"9Б": [HEADER, CLEAN]}))
    claiming.approve(book(**{"9А": [HEADER, OTHER]}))
    claim(claiming)
    return offices


def claim(office: Office) -> None:
    (family,) = office.families()
    with office.registry.work(office.clerk) as work:
        done = correct_field(work, office.school, family.student.id, "phone", HELD_PHONE)
    assert done.collision is not None


def coordinator(app: Flask, registry: Registry, place: UUID, scope: Scope = Scope.MUNICIPALITY) -> Browser:
    """Employ a coordinator of a place, and give his browser."""
    with registry.work(SYSTEM) as work:
        hashed = Passwords(registry.settings).hash(PASSWORD)
        user = add_user(work, NewUser(f"above-{place}", "Координатор", hashed))
        give_role(work, user, Right(Role.COORDINATOR, scope, place))
    browser = Browser(app.test_client())
    browser.sign_in(f"above-{place}")
    return browser


def town_of(office: Office) -> UUID:
    with office.registry.reading(SYSTEM) as work:
        return get_school(work.connection, office.school).municipality_id


def address_of(registry: Registry, office: Office) -> str:
    with registry.reading(SYSTEM) as work:
        (found,) = open_claims(work.connection, [office.school])
    return f"/schools/collisions/{found.id}"


def test_the_coordinator_sees_both_sides_and_his_look_is_recorded(
    app: Flask, registry: Registry, claimed: list[Office]
) -> None:
    """T6: only who stands above both schools sees them, and each look at a person is an entry."""
    claim(claimed[1])  # once more: of equal claims one is listed
    browser = coordinator(app, registry, town_of(claimed[0]))
    assert "Ждут решения: 1" in browser.get("/").text
    address = address_of(registry, claimed[1])
    listed = browser.get("/schools/collisions").text
    assert listed.count(address) == 1
    assert listed.count("service-navigation__item--active") == 1
    before = len(leaves(registry, "person.viewed"))
    shown = browser.get(address).text
    for word in ("Грачёв Ярослав", "Школа 17", "9Б", "Орлов Пётр", "Школа 18", "9А", "··· 20 56"):
        assert word in shown
    assert HELD_PHONE not in shown
    assert len(leaves(registry, "person.viewed")) == before + 2


def leaves(registry: Registry, kind: str) -> list[bytes]:
    with registry.reading(SYSTEM) as work:
        found = work.connection.execute(select(trail_event.c.leaf)).scalars()
        return [one for one in found if f'"{kind}"'.encode() in one]


@pytest.mark.parametrize(
    ("outcome", "holding", "claiming"),
    [
        ("holder-wrong", "Проверьте значение", "Решено в вашу пользу"),
        ("claimant-wrong", "Заданий нет", "Проверьте значение"),
    ],
)
def test_schools_learn_what_to_do_and_nothing_of_each_other(
    app: Flask,
    registry: Registry,
    claimed: list[Office],
    employ: Employ,
    outcome: str,
    holding: str,
    claiming: str,
) -> None:
    """T6: the decision is recorded with its reason, and each school gets a task of its own."""
    browser = coordinator(app, registry, town_of(claimed[0]))
    address = address_of(registry, claimed[1])
    assert browser.post(address, outcome=outcome, reason=" ").status_code == 422
    for refused in ("both", "same-person"):  # two who are stored are not made one
        assert browser.post(address, outcome=refused, reason="Показали СНИЛС").status_code == 422
    assert browser.post(address, outcome=outcome, reason="Показали СНИЛС").status_code == 303
    assert address not in browser.get("/schools/collisions").text
    assert "Ждут решения" not in browser.get("/").text
    assert browser.post(address, outcome=outcome, reason="Показали СНИЛС").status_code == 404
    assert len(leaves(registry, "identifier.settled")) == 1
    for office, words, own, foreign in (
        (claimed[0], holding, "Грачёв", "Орлов"),
        (claimed[1], claiming, "Орлов", "Грачёв"),
    ):
        login = f"clerk-{office.school}"
        employ(login, Role.CLERK, office.school)
        clerk = browser.another()
        clerk.sign_in(login)
        tasks = clerk.get(f"/schools/{office.school}/collision-tasks").text
        assert words in tasks
        assert foreign not in tasks
        assert (own in tasks) == (words != "Заданий нет")
        assert clerk.get(address).status_code == 403


def test_a_task_is_done_once(app: Flask, registry: Registry, claimed: list[Office], employ: Employ) -> None:
    browser = coordinator(app, registry, town_of(claimed[0]))
    browser.post(address_of(registry, claimed[1]), outcome="claimant-wrong", reason="Ошибка в номере")
    employ("clerk-18", Role.CLERK, claimed[1].school)
    clerk = browser.another()
    clerk.sign_in("clerk-18")
    page = f"/schools/{claimed[1].school}/collision-tasks"
    done = clerk.get(page).text.partition(f'action="{page}')[2].partition('"')[0]
    assert clerk.post(page + done).status_code == 303
    assert "Заданий нет" in clerk.get(page).text
    assert clerk.post(page + done).status_code == 404


def test_two_municipalities_are_decided_by_who_stands_above_both(
    app: Flask, registry: Registry, offices: list[Office]
) -> None:
    """T6: a municipal coordinator learns nothing of a claim whose other side is in another municipality."""
    near = offices[1]
    with registry.work(SYSTEM) as work:
        region = get_school(work.connection, near.school).region_id
        town = add_municipality(work, region, "Амурск")
        said = SchoolSaid(town.id, "2799", "Школа 99", "МБОУ СОШ № 99", "Амурск")
        far = Office(registry, add_school(work, said).id)
        elsewhere = add_region(work, "25", "Приморский край").id
    far.approve(book(**{"9Б": [HEADER, CLEAN]}))
    near.approve(book(**{"9А": [HEADER, OTHER]}))
    claim(near)
    address = address_of(registry, near)
    for place, scope in ((town_of(near), Scope.MUNICIPALITY), (elsewhere, Scope.REGION)):
        browser = coordinator(app, registry, place, scope)
        assert address not in browser.get("/schools/collisions").text
        assert "Ждут решения" not in browser.get("/").text
        assert browser.get(address).status_code == 404
        assert browser.post(address, outcome="holder-wrong", reason="Показали СНИЛС").status_code == 404
    above = coordinator(app, registry, region, Scope.REGION)
    shown = above.get(address).text
    assert "Школа 99" in shown
    assert above.post(address, outcome="holder-wrong", reason="Показали СНИЛС").status_code == 303
