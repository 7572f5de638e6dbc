"""Programmes and consents over the API."""

from datetime import time
from uuid import uuid4

from registry.access.rules import Role
from registry.consents.rounds import follow_school
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.requesting import DEFINITION
from registry.trail.entries import SYSTEM
from registry.workflows import versions
from tests.api.machines import Machine
from tests.consents.requests import Hours
from tests.submissions.school import PROGRAMME, Pupil, School


def part_of(school: School) -> str:
    return f"/schools/{school.id}/programmes/{PROGRAMME}"


def class_id(machine: Machine, school: School) -> str:
    found: str = machine.get(f"/schools/{school.id}/classes").json["items"][0]["id"]
    return found


def decision(machine: Machine, school: School, pupil: Pupil) -> str:
    listed = machine.get(f"{part_of(school)}/classes/{class_id(machine, school)}/decisions").json["items"]
    return next(one["state"] for one in listed if one["student_id"] == str(pupil.id))


def begin(school: School) -> None:
    """Let the worker begin what was asked."""
    name = f"{DEFINITION}.toml"
    with school.registry.work(SYSTEM) as work:
        versions.publish(work, {name: versions.shipped()[name]})
    follow_school(school.registry, school.id, PROGRAMME)


def test_programmes_are_listed_and_joined_once(school: School, hands) -> None:
    machine = hands(Role.CLERK)
    assert machine.get("/programmes").json["items"][0]["id"] == PROGRAMME
    assert machine.get("/participations").json["items"][0]["school_id"] == str(school.id)
    assert machine.post(f"{part_of(school)}/join").json["code"] == "already-joined"
    assert machine.post(f"/schools/{school.id}/programmes/nothing/join").status_code == 404


def test_a_class_and_a_school_are_invited(school: School, hands) -> None:
    school.enrol(2)
    machine = hands(Role.CLERK)
    invitation = f"{part_of(school)}/classes/{class_id(machine, school)}/invitation"
    seen = machine.get(invitation).json
    assert seen["fresh"] == 2
    assert "Школа № 17" in seen["letter"]["text"]
    assert machine.post(invitation).json["letters"] > 0
    assert machine.get(f"{part_of(school)}/invitation").json["held"] == 2
    assert machine.post(f"{part_of(school)}/invitation").status_code == 200


def test_who_did_not_answer_is_reminded_once_a_day_and_not_where_it_is_managed_on_paper(
    school: School, hands
) -> None:
    with Hours(school.registry).at(time(12)):
        on_paper, other = school.enrol(2)
        machine = hands(Role.CLERK)
        place = f"{part_of(school)}/classes/{class_id(machine, school)}"
        machine.post(f"{place}/invitation")
        begin(school)
        said = machine.post(f"{part_of(school)}/students/{on_paper.id}/paper-management", {"on_paper": True})
        assert said.json["on_paper"] is True, said.text
        assert machine.post(f"{place}/reminders").json == {"letters": 1}
        assert machine.post(f"{part_of(school)}/students/{other.id}/reminders").json == {"letters": 0}
        listed = {one["student_id"]: one for one in machine.get(f"{place}/reminders").json["items"]}
    assert [one["by_hand"] for one in listed[str(other.id)]["reminders"]] == [True]
    assert listed[str(on_paper.id)]["reminders"] == []
    assert machine.post(f"{part_of(school)}/students/{uuid4()}/reminders").status_code == 404


def test_links_are_renewed_and_printed(school: School, hands) -> None:
    pupil = school.enrol(1)[0]
    machine = hands(Role.CLERK)
    links = f"{part_of(school)}/students/{pupil.id}/links"
    assert [one["has_link"] for one in machine.get(links).json["items"]] == [False]
    assert machine.post(f"{links}/{pupil.guardian}").json["letters"] > 0
    assert [one["has_link"] for one in machine.get(links).json["items"]] == [True]
    assert machine.post(f"{links}/{pupil.guardian}/paper").data.startswith(b"%PDF")
    assert machine.post(f"{links}/{uuid4()}").status_code == 404


def test_a_paper_is_recorded(school: School, hands) -> None:
    pupil = school.enrol(1)[0]
    machine = hands(Role.CLERK)
    papers = f"{part_of(school)}/students/{pupil.id}/papers"
    assert {one["notice"] for one in machine.get(papers).json["items"]} >= {"student_by_guardian"}
    said = {"kind": "refused", "on_day": "2020-11-01", "place": "папка 3"}
    where = f"{papers}/{pupil.guardian}/student_by_guardian"
    ahead = machine.post(where, {**said, "on_day": "2020-11-03"})
    assert ahead.status_code == 422
    recorded = machine.post(where, said)
    assert recorded.status_code == 201, recorded.text
    assert decision(machine, school, pupil) == "refused"
    more = machine.post(where, {**said, "fields_carried": {"first_name": "Анна"}})
    assert [one["field"] for one in more.json["errors"]] == ["first_name"]
    assert machine.post(f"{papers}/{pupil.guardian}/nothing", said).status_code == 404


def test_forms_are_printed(school: School, hands) -> None:
    school.enrol(1)
    machine = hands(Role.CLERK)
    answer = machine.post(f"{part_of(school)}/classes/{class_id(machine, school)}/forms")
    assert answer.status_code in {200, 409}, answer.text


def test_a_conflict_is_settled_by_a_document(school: School, hands) -> None:
    pupil = school.enrol(1)[0]
    school.decide([pupil], ActKind.REFUSED)
    machine = hands(Role.DIRECTOR)
    where = f"{part_of(school)}/students/{pupil.id}/conflict"
    assert machine.get(where).json["guardians"][0]["standing"] == "refused"
    said = {"stands": str(pupil.guardian), "document": "court", "dated": "2020-10-01", "place": "папка 5"}
    settled = machine.post(where, said)
    assert settled.status_code == 201, settled.text
    stranger = machine.post(where, {**said, "stands": str(uuid4())})
    assert stranger.status_code == 422


def test_a_programme_that_the_school_has_not_joined_is_a_conflict(school: School, hands) -> None:
    machine = hands(Role.CLERK)
    assert machine.get(f"/schools/{school.id}/programmes/nothing/invitation").json["code"] == "not-joined"
