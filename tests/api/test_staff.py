"""Accounts, roles and deputies over the API: with the rights that the pages ask for."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, update

from registry.access.models.tables import api_tokens, role_assignments
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.links import PATH, set_by_link
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.letters.models import letters
from registry.people.class_names import ClassName
from registry.people.models.places import get_school
from registry.people.usecases.places import SchoolSaid, add_school, open_classes
from registry.trail.entries import SYSTEM
from registry.web.models import idempotency_answers
from registry.work import Registry
from tests.api.machines import Machine, without_number
from tests.submissions.school import School

KEY = "0123456789abcdef"
REUSED = "idempotency-key-reused"


def neighbour(registry: Registry, school: School) -> tuple[UUID, UUID, UUID]:
    """Another school with a clerk and a class."""
    with registry.work(SYSTEM) as work:
        town = school_town(work.connection, school)
        said = SchoolSaid(town, "18", "Школа № 18", "МБОУ СОШ № 18", "Хабаровск")
        other = add_school(work, said).id
        user = add_user(work, NewUser("other-clerk", "Соседова Анна", "no password fits this"))
        give_role(work, user, Right(Role.CLERK, Scope.SCHOOL, other, other))
        classes = open_classes(work, other, frozenset({ClassName(7, "А")}))
    return other, user, next(iter(classes.values())).id


def school_town(connection: Connection, school: School) -> UUID:
    return get_school(connection, school.id).municipality_id


def new(school: School, **more: object) -> dict[str, object]:
    said = {"login": "new-clerk", "name": "Новая Анна", "role": "clerk", "scope": "school"}
    return {**said, "place_id": str(school.id), **more}


def taken_in(machine: Machine, school: School) -> str:
    answer = machine.post("/staff", new(school))
    assert answer.status_code == 201, answer.text
    return f"/staff/{answer.json['user_id']}"


def test_a_director_takes_a_clerk_in_and_closes_the_account(school: School, hands) -> None:
    director = hands(Role.DIRECTOR)
    made = director.post("/staff", new(school, email="new@example.org")).json
    assert "://" in made["link"]
    assert made["email"] == "new@example.org"
    where = f"/staff/{made['user_id']}"
    seen = director.get(where)
    assert (seen.json["login"], seen.json["has_password"]) == ("new-clerk", False)
    assert [one["role"] for one in seen.json["roles"]] == ["clerk"]
    assert "new-clerk" in [one["login"] for one in director.get("/staff").json["items"]]
    tag = seen.headers["ETag"]
    assert director.post(f"{where}/close").status_code == 428
    assert director.post(f"{where}/close", If_Match='"old"').status_code == 412
    closed = director.post(f"{where}/close", If_Match=tag, Idempotency_Key=KEY)
    assert closed.json["closed_at"] is not None
    again = director.post(f"{where}/close", If_Match=tag, Idempotency_Key=KEY)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (closed.json, "true")
    assert director.post(f"{where}/link").json["code"] == "account-closed"
    tag = director.get(where).headers["ETag"]
    opened = director.post(f"{where}/reopen", If_Match=tag)
    assert opened.json["closed_at"] is None
    assert director.post(f"{where}/link").json["link"] != made["link"]
    tag = director.get(where).headers["ETag"]
    assert director.post(f"{where}/drop-factor", If_Match=tag).json["code"] == "no-factor"
    assert director.post(f"{where}/esia", {"esia": "confirmed"}, If_Match=tag).json["esia"] == "confirmed"
    assert director.post("/staff", new(school)).json["code"] == "login-taken"


def test_a_repeat_tells_the_same_link_which_is_good_until_it_is_used(
    school: School, hands, registry: Registry, app: Flask
) -> None:
    """The kept answers are sealed: no link stands in the database as a text."""
    director = hands(Role.DIRECTOR)
    wanted = new(school, email="new@example.org")
    made = director.post("/staff", wanted, Idempotency_Key=KEY)
    again = director.post("/staff", wanted, Idempotency_Key=KEY)
    assert (again.status_code, again.json, again.headers["Idempotency-Replayed"]) == (201, made.json, "true")
    assert director.post("/staff", {**wanted, "name": "Другая"}, Idempotency_Key=KEY).json["code"] == REUSED
    where = f"/staff/{made.json['user_id']}/link"
    second = director.post(where, Idempotency_Key=KEY).json
    assert director.post(where, Idempotency_Key=KEY).json == second
    path = second["link"].partition(PATH)[2]
    with registry.work(SYSTEM) as work:
        sent = work.connection.execute(select(func.count()).select_from(letters)).scalar_one()
        kept = work.connection.execute(select(idempotency_answers)).all()
        set_by_link(work, path, "no password fits this")
    assert (sent, len(kept)) == (2, 2)
    assert path not in repr(kept)
    assert director.post(where, Idempotency_Key=KEY).json == second
    assert app.test_client().get(f"{PATH}{path}").status_code == 410


def test_who_manages_nobody_is_turned_away(school: School, hands) -> None:
    clerk = hands(Role.CLERK)
    assert clerk.get("/staff").status_code == 403
    assert clerk.post("/staff", new(school)).status_code == 403


def test_the_password_comes_first(school: School, hands, registry: Registry) -> None:
    director = hands(Role.DIRECTOR)
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(api_tokens).values(stepped_up_at=None))
    assert director.post("/staff", new(school)).json["code"] == "step-up"


def test_a_role_is_given_once_and_ended(school: School, hands) -> None:
    director = hands(Role.DIRECTOR)
    where = taken_in(director, school)
    right = {"role": "clerk", "scope": "school", "place_id": str(school.id), "last": "2020-12-31"}
    made = director.post(f"{where}/roles", right, Idempotency_Key=KEY)
    assert (made.status_code, made.json["first"], made.json["last"]) == (201, "2020-11-02", "2020-12-31")
    assert director.post(f"{where}/roles", right, Idempotency_Key=KEY).json == made.json
    assert director.post(f"{where}/roles", {**right, "last": "2020-01-01"}).json["code"] == "term-backwards"
    assert len(director.get(where).json["roles"]) == 2
    end = f"/staff/roles/{made.json['id']}/end"
    assert director.post(end, {"last": "2020-11-30"}).json["last"] == "2020-11-30"
    assert director.post(end, {}).json["stands"] is False
    assert director.post(end, {}).status_code == 404


def test_a_director_gives_no_role_that_is_not_his_to_give(school: School, hands, registry: Registry) -> None:
    director = hands(Role.DIRECTOR)
    where = taken_in(director, school)
    other, _, classroom = neighbour(registry, school)
    asked = [
        {"role": "director", "scope": "school", "place_id": str(school.id)},
        {"role": "clerk", "scope": "school", "place_id": str(other)},
        {"role": "clerk", "scope": "school", "place_id": str(uuid4())},
        {"role": "tutor", "scope": "class", "place_id": str(classroom), "school_id": str(other)},
        {"role": "tutor", "scope": "class", "place_id": str(classroom), "school_id": str(school.id)},
        {"role": "tutor", "scope": "class", "place_id": str(classroom)},
        {"role": "administrator", "scope": "installation"},
    ]
    answers = [without_number(director.post(f"{where}/roles", said)) for said in asked]
    assert answers == [answers[0]] * len(asked)
    assert (answers[0][0], answers[0][1]["code"]) == (422, "place")


def test_the_administrator_gives_a_class_only_with_its_school(
    school: School, hands, registry: Registry
) -> None:
    administrator = hands(Role.ADMINISTRATOR)
    where = taken_in(administrator, school)
    other, _, classroom = neighbour(registry, school)
    with registry.reading(SYSTEM) as work:
        town = school_town(work.connection, school)
    tutor = {"role": "tutor", "scope": "class"}
    assert administrator.post(f"{where}/roles", {**tutor, "place_id": str(town)}).status_code == 422
    said = {**tutor, "place_id": str(classroom), "school_id": str(other)}
    assert administrator.post(f"{where}/roles", said).json["school_id"] == str(other)


def test_nobody_manages_his_own_account(school: School, hands) -> None:
    del school
    administrator = hands(Role.ADMINISTRATOR)
    own = administrator.get("/staff").json["items"][0]["id"]
    right = {"role": "operator", "scope": "installation"}
    assert administrator.post(f"/staff/{own}/roles", right).json["code"] == "own-role"
    assert administrator.post(f"/staff/{own}/link").status_code == 404


def test_an_account_of_another_school_answers_as_one_that_is_not_there(
    school: School, hands, registry: Registry
) -> None:
    """Byte by byte, but for the number of the request."""
    director = hands(Role.DIRECTOR)
    _, user, _ = neighbour(registry, school)
    right = {"role": "clerk", "scope": "school", "place_id": str(school.id)}
    with registry.reading(SYSTEM) as work:
        mine = role_assignments.c.user_id == user
        role = work.connection.execute(select(role_assignments.c.id).where(mine)).scalar_one()
    for ask in (
        lambda one: director.get(f"/staff/{one}"),
        lambda one: director.post(f"/staff/{one}/link"),
        lambda one: director.post(f"/staff/{one}/close", If_Match="*"),
        lambda one: director.post(f"/staff/{one}/esia", {"esia": "none"}, If_Match="*"),
        lambda one: director.post(f"/staff/{one}/roles", right),
    ):
        there, missing = without_number(ask(user)), without_number(ask(uuid4()))
        assert there == missing
        assert there[0] == 404
    ends = [without_number(director.post(f"/staff/roles/{one}/end", {})) for one in (role, uuid4())]
    assert ends[0] == ends[1]
    assert ends[0][0] == 404


@pytest.mark.parametrize("last", ["2020-11-09", None, "2020-10-01", "2025-01-01"])
def test_a_deputy_is_named_for_days(school: School, hands, last: str | None) -> None:
    director = hands(Role.DIRECTOR)
    hands(Role.CLERK)
    own = director.get("/deputies/roles").json["items"][0]["id"]
    offer = director.get(f"/deputies/roles/{own}").json
    assert "sign-off" in offer["what"]
    (colleague,) = offer["colleagues"]
    said = {"deputy_id": colleague["id"], "what": ["sign-off"], "last": last}
    made = director.post(f"/deputies/roles/{own}/deputies", said)
    if last != "2020-11-09":
        assert made.status_code == 422
        assert director.get("/deputies").json["items"] == []
        return
    assert (made.status_code, made.json["user_id"]) == (201, colleague["id"])
    assert "submission.sign-off" in made.json["actions"]
    assert [one["id"] for one in director.get("/deputies").json["items"]] == [made.json["id"]]
    assert director.post(f"/deputies/{made.json['id']}/end").status_code == 204
    assert director.post(f"/deputies/{made.json['id']}/end").status_code == 404
    assert director.get("/deputies").json["items"][0]["stands"] is False


def test_what_another_handed_on_answers_as_what_is_not_there(school: School, hands) -> None:
    director, clerk = hands(Role.DIRECTOR), hands(Role.CLERK)
    own = director.get("/deputies/roles").json["items"][0]["id"]
    deputy = director.get(f"/deputies/roles/{own}").json["colleagues"][0]["id"]
    said = {"deputy_id": deputy, "what": ["sign-off"], "last": f"{date(2020, 11, 2) + timedelta(7)}"}
    made = director.post(f"/deputies/roles/{own}/deputies", said).json["id"]
    for ask in (
        lambda one: clerk.post(f"/deputies/{one}/end"),
        lambda one: clerk.get(f"/deputies/roles/{one}"),
        lambda one: clerk.post(f"/deputies/roles/{one}/deputies", said),
    ):
        answers = [without_number(ask(one)) for one in (made, own, uuid4())]
        assert answers == [answers[2]] * 3
        assert answers[0][0] == 404
