"""Deputies: some rights for some days, and an end that is felt at the next click."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from registry.access.models.tables import role_assignments, users
from registry.access.rules import Role
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.staff.conftest import Employ, Person, Place

SIGN_OFF = "/submissions/01970000-0000-7000-8000-000000000000/sign-off"


def may_sign_off(person: Person) -> bool:
    """Whether the door of signing off asks for the password once more rather than turn him away."""
    answer = person.get(SIGN_OFF)
    assert answer.status_code in {303, 403}
    return answer.status_code == 303


def roles_of(registry: Registry, person: Person) -> list[UUID]:
    with registry.reading(SYSTEM) as work:
        given = role_assignments.c
        rows = work.connection.execute(
            select(given.id).where(given.user_id == person.user_id).order_by(given.id)
        )
        return list(rows.scalars())


def hand_on(registry: Registry, whose: Person, to: Person, *what: str, **more: object) -> int:
    page = f"/deputies/{roles_of(registry, whose)[0]}/new"
    said = {"deputy": str(to.user_id), "what": list(what), "first": "2020-11-02", "last": "2020-11-09"}
    return whose.send(page, page, **{**said, **more}).status_code


@pytest.fixture
def director(employ: Employ) -> Person:
    return employ("director", Role.DIRECTOR).step_up()


@pytest.fixture
def clerk(employ: Employ) -> Person:
    return employ("clerk", Role.CLERK)


def test_a_deputy_may_do_what_was_handed_on_and_nothing_else_of_the_role(
    registry: Registry, director: Person, clerk: Person
) -> None:
    assert not may_sign_off(clerk)
    assert clerk.get("/staff").status_code == 403
    assert hand_on(registry, director, clerk, "sign-off") == 303
    assert may_sign_off(clerk)
    assert clerk.get("/staff").status_code == 403
    assert "замещение" in director.get(f"/staff/{clerk.user_id}").text


def test_what_is_taken_back_is_gone_at_the_next_click(
    registry: Registry, director: Person, clerk: Person
) -> None:
    hand_on(registry, director, clerk, "sign-off")
    given = roles_of(registry, clerk)[1]
    assert clerk.send("/deputies", f"/deputies/given/{given}/end").status_code == 404
    assert may_sign_off(clerk)
    assert director.send("/deputies", f"/deputies/given/{given}/end").status_code == 303
    assert not may_sign_off(clerk)


@pytest.mark.parametrize("what", ["its own day", "the role of whom he stands for", "the account of whom"])
def test_a_deputys_rights_end_with(registry: Registry, director: Person, clerk: Person, what: str) -> None:
    hand_on(registry, director, clerk, "sign-off")
    assert may_sign_off(clerk)
    own, handed = roles_of(registry, director)[0], roles_of(registry, clerk)[1]
    with registry.work(SYSTEM) as work:
        ended = {"its own day": handed, "the role of whom he stands for": own}.get(what)
        yesterday = work.today - timedelta(days=1)
        if ended is None:
            closed = update(users).where(users.c.id == director.user_id).values(disabled_at=work.now)
            work.connection.execute(closed)
        else:
            by_day = update(role_assignments).where(role_assignments.c.id == ended)
            work.connection.execute(by_day.values(valid_until=yesterday))
    assert not may_sign_off(clerk)
    assert clerk.get("/account").status_code == 200


def test_what_was_handed_on_is_not_handed_on_again(
    registry: Registry, director: Person, clerk: Person, employ: Employ
) -> None:
    tutor = employ("tutor", Role.TUTOR)
    hand_on(registry, director, clerk, "sign-off")
    clerk.step_up()
    handed = roles_of(registry, clerk)[1]
    page = f"/deputies/{handed}/new"
    assert clerk.get(page).status_code == 404
    said = {"deputy": str(tutor.user_id), "what": "sign-off", "first": "", "last": "2020-11-05"}
    own = f"/deputies/{roles_of(registry, clerk)[0]}/new"
    assert clerk.send(own, page, **said).status_code == 404
    assert clerk.send(own, own, **said).status_code == 422


def test_who_stands_in_is_another_of_the_same_school(
    registry: Registry, director: Person, employ: Employ, schools: tuple[Place, Place]
) -> None:
    stranger = employ("stranger", Role.CLERK, schools[1])
    assert hand_on(registry, director, stranger, "sign-off") == 422
    assert hand_on(registry, director, director, "sign-off") == 422


def test_a_deputy_is_named_for_a_term_of_days_and_for_something(
    registry: Registry, director: Person, clerk: Person
) -> None:
    wrong: list[dict[str, object]] = [
        {"last": ""},
        {"last": "2020-11-01", "first": "2020-10-20"},
        {"last": "2022-01-01"},
        {"last": "2020-11-01"},
        {"last": "завтра"},
        {"what": []},
        {"what": ["everything"]},
        {"deputy": "nobody"},
    ]
    for one in wrong:
        assert hand_on(registry, director, clerk, "sign-off", **one) == 422, one
    assert len(roles_of(registry, clerk)) == 1


def test_naming_a_deputy_asks_for_the_password_once_more(registry: Registry, clerk: Person) -> None:
    page = f"/deputies/{roles_of(registry, clerk)[0]}/new"
    assert clerk.get(page).location.startswith("/step-up")


def test_a_clerk_never_hands_on_more_than_he_has(registry: Registry, clerk: Person, employ: Employ) -> None:
    tutor = employ("tutor", Role.TUTOR)
    clerk.step_up()
    assert hand_on(registry, clerk, tutor, "sign-off") == 422
    assert hand_on(registry, clerk, tutor, "prepare") == 303
