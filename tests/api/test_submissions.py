"""Submissions, processes, keys and promises over the API."""

import io
from uuid import uuid4

from registry.access.rules import Role
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.api.test_consents import part_of
from tests.submissions.school import School


def test_a_school_is_prepared_by_one_and_signed_off_by_another(school: School, hands) -> None:
    school.decide(school.enrol(2))
    clerk, director = hands(Role.CLERK), hands(Role.DIRECTOR)
    ready = clerk.get(f"{part_of(school)}/readiness").json
    assert (ready["ready"], ready["total"], ready["waiting"]) == (True, 2, 0)
    made = clerk.post(f"{part_of(school)}/prepare")
    assert (made.status_code, made.json["state"]) == (201, "prepared")
    where = f"/submissions/{made.json['id']}"
    seen = director.get(where)
    said = {"manifest_sha256": seen.json["manifest_sha256"]}
    tag = seen.headers["ETag"]
    assert clerk.post(f"{where}/sign-off", said, If_Match=tag).status_code == 403
    other = director.post(f"{where}/sign-off", {"manifest_sha256": "0" * 64}, If_Match=tag)
    assert other.json["code"] == "manifest-changed"
    signed = director.post(f"{where}/sign-off", said, If_Match=tag).json
    assert (signed["stands"], signed["submission"]["state"]) == (True, "signed_off")
    assert [one["id"] for one in clerk.get("/submissions").json["items"]] == [made.json["id"]]
    for more in ("attempts", "answers", "tasks"):
        assert clerk.get(f"{where}/{more}").json == {"items": [], "next": None}


def test_a_school_that_is_not_ready_is_not_prepared(school: School, hands) -> None:
    school.enrol(1)
    machine = hands(Role.CLERK)
    assert machine.get(f"{part_of(school)}/readiness").json["classes"][0]["closed"] == 0
    assert machine.post(f"{part_of(school)}/prepare").status_code == 409
    assert machine.post(f"{part_of(school)}/correction").json["code"] == "nothing-to-correct"


def test_what_does_not_fit_the_state_of_a_submission_is_a_conflict(school: School, hands) -> None:
    school.decide(school.enrol(1))
    clerk, director = hands(Role.CLERK), hands(Role.DIRECTOR)
    where = f"/submissions/{clerk.post(f'{part_of(school)}/prepare').json['id']}"
    assert clerk.post(f"{where}/correct").status_code == 409
    assert director.post(f"{where}/resend", {"message_sha256": "0" * 64}).status_code == 409
    assert director.get(f"{where}/message.pgp").status_code == 409
    assert director.get(f"{where}/note.txt").status_code == 409
    answer = director.client.post(
        f"/api/v1{where}/acknowledgement",
        data={"file": (io.BytesIO(b"{}"), "answer.ack.json")},
        headers={"Authorization": f"Bearer {director.secret}", "Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code in {409, 422}
    assert clerk.get(f"/submissions/{uuid4()}").status_code == 404


def test_processes_and_cases_are_shown(school: School, hands) -> None:
    school.decide(school.enrol(1))
    machine = hands(Role.CLERK)
    made = machine.post(f"{part_of(school)}/prepare").json
    assert "submission" in [one["id"] for one in machine.get("/processes").json["items"]]
    process = machine.get("/processes/submission").json
    assert {one["id"]: one["cases"] for one in process["states"]}["prepared"] == 1
    case = machine.get(f"/cases/{made['case_id']}").json
    assert (case["state"], case["history"][-1]["actor_role"]) == ("prepared", "clerk")
    assert machine.get(f"/cases/{uuid4()}").status_code == 404
    assert machine.get("/processes/%00").status_code == 404


def test_keys_are_ordered_and_answered_by_two(school: School, hands) -> None:
    del school
    one, two = hands(Role.OPERATOR), hands(Role.ADMINISTRATOR)
    made = one.post("/keys", {"owner": "operator", "why": "первый ключ"})
    assert (made.status_code, made.json["asked"]) == (201, "create")
    where = f"/keys/{made.json['id']}"
    tag = two.get(where).headers["ETag"]
    assert one.post(f"{where}/answer", {"agreed": True}, If_Match=tag).status_code in {403, 409}
    assert two.post(f"{where}/answer", {"agreed": True}, If_Match=tag).json["asked"] is None
    assert [key["id"] for key in two.get("/keys").json["items"]] == [made.json["id"]]
    tag = one.get(where).headers["ETag"]
    assert one.post(f"{where}/change", {"change": "rotate"}, If_Match=tag).json["code"] == "key-state"
    assert one.get(f"{where}/public.asc").status_code == 404
    assert one.get(f"{where}/statement.txt").status_code == 404
    pin = {"receiver": "МЭШ", "public_key": "no key", "fingerprint": "ab" * 20, "why": "договор"}
    assert one.post("/keys/pin", pin).status_code == 422


def test_a_promise_is_tried_once_more(school: School, hands, registry: Registry) -> None:
    del school
    with registry.work(SYSTEM) as work:
        promise = work.later("letters.deliver", letter_id=uuid4().hex)
    machine = hands(Role.ADMINISTRATOR)
    assert machine.get("/promises/counts").json["counts"]["waiting"] >= 1
    listed = machine.get("/promises?standing=waiting&limit=100").json["items"]
    assert str(promise) in [one["id"] for one in listed]
    assert machine.post(f"/promises/{promise}/again").status_code == 204
    assert machine.post(f"/promises/{uuid4()}/again").status_code == 404
    assert machine.get("/promises?standing=sleeping").status_code == 422
