"""Acts, invalidations, opt-outs and the ledger over the API."""

from registry.access.rules import Role
from tests.submissions.school import PROGRAMME, School


def test_an_opt_out_is_entered_and_ended_over_the_api(school: School, hands) -> None:
    (pupil,) = school.enrol(1)
    machine = hands(Role.CLERK)
    base = f"/schools/{school.id}/programmes/{PROGRAMME}/students/{pupil.id}"
    said = {"signer_id": str(pupil.guardian), "on_day": "2020-11-01", "place": "Дело 1"}
    made = machine.post(f"{base}/opt-outs", said)
    assert made.status_code == 201, made.json
    (listed,) = machine.get(f"{base}/opt-outs").json["items"]
    assert (listed["id"], listed["programme"]) == (made.json["opt_out_id"], PROGRAMME)
    ended = machine.post(f"{base}/opt-outs/{listed['id']}/end", said)
    assert ended.status_code == 201
    assert machine.get(f"{base}/opt-outs").json["items"] == []
    assert machine.get(f"{base}/acts").json["items"] == []


def test_the_ledger_of_a_school_that_sent_nothing_is_empty(school: School, hands) -> None:
    (pupil,) = school.enrol(1)
    machine = hands(Role.DIRECTOR)
    ledger = f"/schools/{school.id}/ledger"
    assert machine.get(ledger).json["items"] == []
    assert machine.get(f"{ledger}/students/{pupil.id}").json["items"] == []
    assert machine.get(f"{ledger}/students/{pupil.id}/receivers").json["items"] == []
    assert machine.get(f"{ledger}/messages/{pupil.id}").status_code == 404
