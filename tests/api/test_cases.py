"""Cases over the API: those of a school, of no school, and what can come next."""

from uuid import UUID, uuid4

from registry.access.rules import Role
from registry.people.models.places import get_school
from registry.people.usecases.places import SchoolSaid, add_school
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import usecases
from registry.workflows.cases import Subject
from tests.api.machines import without_number
from tests.api.test_consents import part_of
from tests.submissions.school import School


def start(registry: Registry, definition: str, subject: str, school_id: UUID | None) -> str:
    with registry.work(SYSTEM) as work:
        return str(usecases.start(work, definition, Subject(subject, work.new_id()), school_id).id)


def test_the_cases_of_a_school_are_listed_page_by_page(school: School, hands, registry: Registry) -> None:
    school.decide(school.enrol(1))
    machine = hands(Role.CLERK)
    made = machine.post(f"{part_of(school)}/prepare").json["case_id"]
    more = [start(registry, "submission", "submission", school.id) for _ in range(2)]
    where = f"/schools/{school.id}/cases"
    assert [one["id"] for one in machine.get(where).json["items"]] == sorted([made, *more])
    first = machine.get(f"{where}?limit=2").json
    rest = machine.get(f"{where}?limit=2&after={first['next']}").json
    assert [one["id"] for one in (*first["items"], *rest["items"])] == sorted([made, *more])
    assert rest["next"] is None
    assert machine.get(f"{where}?definition=withdrawal").json["items"] == []
    assert machine.get(f"{where}?standing=closed").json["items"] == []
    assert len(machine.get(f"{where}?standing=all&definition=submission").json["items"]) == 3
    assert machine.get(f"{where}?standing=sleeping").status_code == 422


def test_a_case_tells_what_can_come_next_and_takes_no_step(school: School, hands) -> None:
    school.decide(school.enrol(1))
    clerk, director = hands(Role.CLERK), hands(Role.DIRECTOR)
    case = f"/cases/{clerk.post(f'{part_of(school)}/prepare').json['case_id']}"
    assert clerk.get(case).json["next"][0]["target"]
    mine = {
        who: {one["transition"] for one in machine.get(case).json["next"] if one["mine"]}
        for who, machine in (("clerk", clerk), ("director", director))
    }
    assert mine == {"clerk": {"void"}, "director": {"sign_off", "void"}}
    assert director.post(f"{case}/advance", {"transition": "sign_off"}).status_code == 404


def test_the_cases_of_another_school_answer_as_those_of_none(
    school: School, hands, registry: Registry
) -> None:
    with registry.work(SYSTEM) as work:
        town = get_school(work.connection, school.id).municipality_id
        said = SchoolSaid(town, "18", "Школа № 18", "МБОУ СОШ № 18", "Хабаровск")
        other = add_school(work, said).id
    start(registry, "submission", "submission", other)
    machine = hands(Role.DIRECTOR)
    answers = [without_number(machine.get(f"/schools/{one}/cases")) for one in (other, uuid4())]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_the_cases_of_no_school_are_for_who_sees_the_installation(
    school: School, hands, registry: Registry
) -> None:
    made = start(registry, "key-expiry", "key", None)
    start(registry, "submission", "submission", school.id)
    assert [one["id"] for one in hands(Role.OPERATOR).get("/cases").json["items"]] == [made]
    assert hands(Role.DIRECTOR).get("/cases").status_code == 404
    assert hands(Role.ADMINISTRATOR).get("/cases").status_code == 403
