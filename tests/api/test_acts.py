"""Acts, invalidations, opt-outs and the ledger over the API."""

import base64

from registry.access.rules import Role
from tests.documents.signatures import NAME, detached
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


def test_a_file_of_a_signature_is_attached_listed_and_handed_out_over_the_api(school: School, hands) -> None:
    (pupil,) = school.enrol(1)
    machine, file = hands(Role.CLERK), detached(b"another document")
    papers = f"/schools/{school.id}/programmes/{PROGRAMME}/students/{pupil.id}/papers"
    said = {"kind": "given", "on_day": "2020-11-01", "place": "Дело 1"}
    act_id = machine.post(f"{papers}/{pupil.guardian}/student_by_guardian", said).json["act_id"]
    base = f"/schools/{school.id}/students/{pupil.id}/acts/{act_id}/signatures"
    made = machine.post(base, {"signature": base64.b64encode(file).decode()})
    assert (made.status_code, made.json["match"], made.json["verdict"]) == (201, "none", "not_checked")
    (listed,) = machine.get(base).json["items"]
    assert (listed["id"], listed["name"], listed["serial"]) == (made.json["id"], NAME, "abcdef")
    assert machine.get(f"{base}/{listed['id']}").data == file
    wrong = machine.post(base, {"signature": base64.b64encode(b"%PDF-1.7").decode()})
    assert (wrong.status_code, wrong.json["code"]) == (422, "signature-not-a-signature")
    assert machine.get(f"{base}/{act_id}").status_code == 404
