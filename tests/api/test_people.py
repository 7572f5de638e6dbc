"""Schools, classes, persons and families over the API."""

from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from registry.access.rules import Role
from registry.people.models.tables import persons
from registry.trail.entries import EntryType
from registry.trail.models import trail_event
from registry.work import Registry
from tests.api.machines import Machine, without_number
from tests.submissions.school import School

NEW = {
    "last_name": "Иванова",
    "first_name": "Мария",
    "middle_name": "Петровна",
    "birth_date": "1980-02-03",
    "snils": "112-233-445 95",
    "relation": "adopter",
}


def class_of(machine: Machine, school: School) -> str:
    return (
        f"/schools/{school.id}/classes/{machine.get(f'/schools/{school.id}/classes').json['items'][0]['id']}"
    )


def looks(registry: Registry) -> int:
    kinds = [f'"type":"{kind}"' for kind in (EntryType.PERSON_VIEWED, EntryType.LIST_VIEWED)]
    with registry.engine.connect() as connection:
        leaves = connection.scalars(select(trail_event.c.leaf)).all()
    return sum(any(kind.encode() in leaf for kind in kinds) for leaf in leaves)


def test_a_clerk_finds_a_person_and_the_look_is_in_the_trail(
    school: School, hands, registry: Registry
) -> None:
    school.enrol(2)
    machine = hands(Role.CLERK)
    assert [one["id"] for one in machine.get("/schools").json["items"]] == [str(school.id)]
    assert machine.get(f"/schools/{school.id}").json["full_name"] == "МБОУ СОШ № 17"
    assert machine.get(f"/schools/{school.id}/classes").json["items"][0]["students"] == 2
    listed = machine.get(f"{class_of(machine, school)}/students").json["items"]
    card = machine.get(f"/schools/{school.id}/people/{listed[0]['student_id']}").json
    assert card["person"]["birth_date"] == "2009-05-31"
    assert card["as_student"]["guardians"][0]["relation"] == "mother"
    assert looks(registry) == 2


def test_a_field_is_corrected_as_it_was_seen(school: School, hands) -> None:
    pupil = school.enrol(1)[0]
    machine = hands(Role.CLERK)
    where = f"/schools/{school.id}/people/{pupil.id}"
    tag = machine.get(where).headers["ETag"]
    said = {"field": "first_name", "value": "Вера"}
    assert machine.post(f"{where}/corrections", said).status_code == 428
    assert machine.post(f"{where}/corrections", said, If_Match=tag).json["first_name"] == "Вера"
    assert machine.post(f"{where}/corrections", said, If_Match=tag).status_code == 412
    tag = machine.get(where).headers["ETag"]
    wrong = machine.post(f"{where}/corrections", {"field": "snils", "value": "1"}, If_Match=tag)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "snils")


def test_a_value_of_somebody_else_is_refused_and_noted(school: School, hands) -> None:
    first, second = school.enrol(2)
    machine = hands(Role.CLERK)
    where = f"/schools/{school.id}/people/{first.id}"
    tag = machine.get(where).headers["ETag"]
    answer = machine.post(f"{where}/corrections", {"field": "snils", "value": second.snils}, If_Match=tag)
    assert answer.status_code == 409
    assert second.snils not in answer.text


def test_a_family_is_kept(school: School, hands, registry: Registry) -> None:
    pupil = school.enrol(1)[0]
    machine = hands(Role.CLERK)
    student = f"/schools/{school.id}/people/{pupil.id}"
    added = machine.post(f"{student}/guardians", NEW)
    assert added.status_code == 201
    guardian = f"{student}/guardians/{added.json['person_id']}"
    assert machine.get(guardian).json["relation"] == "adopter"
    assert machine.post(f"{guardian}/bar").json["barred"] is True
    assert machine.post(f"{guardian}/end").json["valid_until"] == "2020-11-02"
    wrong: dict[str, Any] = {**NEW, "snils": "1", "last_name": "?"}
    refused = machine.post(f"{student}/guardians", wrong)
    assert {one["field"] for one in refused.json["errors"]} == {"snils", "last_name"}
    assert machine.post(f"{student}/leave").status_code == 204
    with registry.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(persons)).scalar_one() == 3


def test_a_wrong_role_and_a_missing_person_are_refused(school: School, hands) -> None:
    pupil = school.enrol(1)[0]
    where = f"/schools/{school.id}/people/{pupil.id}"
    assert hands(Role.ADMINISTRATOR).get(where).status_code == 403
    machine = hands(Role.CLERK)
    missing = machine.get(f"/schools/{school.id}/people/{uuid4()}")
    strange = machine.get(f"/schools/{uuid4()}/people/{pupil.id}")
    assert missing.status_code == 404
    assert without_number(missing) == without_number(strange)
