"""Rosters over the API: sent, reviewed, approved, taken back, taken away."""

import io
from uuid import uuid4

from registry.access.rules import Role
from tests.api.machines import Machine
from tests.people.books import CLEAN, HEADER, book
from tests.submissions.school import School

ROW = ["" if cell is None else str(cell) for cell in CLEAN]


def sent(machine: Machine, school: School) -> str:
    answer = machine.post(f"/schools/{school.id}/rosters", {"title": "9Б", "rows": [HEADER, ROW]})
    assert answer.status_code == 201, answer.text
    return f"/schools/{school.id}/rosters/{answer.json['id']}"


def test_a_list_is_sent_reviewed_approved_and_taken_back(school: School, hands) -> None:
    machine = hands(Role.CLERK)
    where = sent(machine, school)
    review = machine.get(where).json
    assert review["counts"]["rows"] == 1
    assert machine.get(f"{where}/findings").json["items"]
    assert machine.post(f"{where}/approve", {"mark": "old"}).status_code == 409
    assert machine.post(f"{where}/approve", {"mark": review["mark"]}).json["state"] == "approved"
    assert machine.get(f"/schools/{school.id}/rosters").json["items"][0]["state"] == "approved"
    undo = machine.get(f"{where}/undo").json
    assert undo["leaving"] == 1
    assert machine.post(f"{where}/undo", {"mark": undo["mark"]}).json["state"] == "undone"
    assert machine.get(f"{where}/undo").json["mark"] is None


def test_a_file_is_sent_and_dropped(school: School, hands) -> None:
    machine = hands(Role.CLERK)
    data = {"file": (io.BytesIO(book(**{"9Б": [HEADER, CLEAN]})), "список.xlsx")}
    headers = {"Authorization": f"Bearer {machine.secret}", "Idempotency-Key": uuid4().hex}
    address = f"/api/v1/schools/{school.id}/rosters/files"
    answer = machine.client.post(address, data=data, headers=headers)
    assert answer.status_code == 201, answer.text
    where = f"/schools/{school.id}/rosters/{answer.json['id']}"
    assert machine.post(f"{where}/cancel").json["state"] == "cancelled"
    assert machine.get(where).status_code == 410


def test_what_is_no_list_is_refused(school: School, hands) -> None:
    machine = hands(Role.CLERK)
    answer = machine.post(f"/schools/{school.id}/rosters", {"rows": [["a", "b"]]})
    assert (answer.status_code, answer.json["code"]) == (422, "roster-no-header")
    assert machine.post(f"/schools/{school.id}/rosters", {"rows": [["a\tb"]]}).status_code == 422


def test_lists_are_taken_away(school: School, hands) -> None:
    school.enrol(2)
    machine = hands(Role.CLERK)
    classes = machine.get(f"/schools/{school.id}/classes").json["items"]
    for address in ("roster.xlsx", f"classes/{classes[0]['id']}/roster.xlsx", "rosters/template.xlsx"):
        answer = machine.get(f"/schools/{school.id}/{address}")
        assert answer.data.startswith(b"PK"), address
        assert answer.headers["Content-Disposition"].startswith("attachment")
