"""Tasks over the API: listed, counted, taken, handed over; each refusal with a code of its own."""

from typing import Any
from uuid import uuid4

import pytest

from registry.access.rules import Role
from registry.work import Registry
from tests.api.machines import Machine
from tests.submissions.school import School
from tests.workflows.errands import advance, errand, now_of, publish


@pytest.fixture(autouse=True)
def ready(registry: Registry) -> None:
    publish(registry)


def code(machine: Machine, path: str, **body: Any) -> str:
    return str(machine.post(path, body).json["code"])


def test_tasks_are_listed_overdue_first_counted_and_filtered(
    school: School, hands, registry: Registry
) -> None:
    made = [advance(registry, errand(registry, school.id, days), "check") for days in (1, 2)]
    late = errand(registry, school.id, -1)
    director = hands(Role.DIRECTOR)
    assert director.get("/tasks/count").json == {"waiting": 2, "late": 0}
    first = director.get("/tasks?limit=1").json
    rest = director.get(f"/tasks?after={first['next']}").json
    found = [one["case"]["id"] for one in (*first["items"], *rest["items"])]
    assert sorted(found) == sorted(str(one.id) for one in made)
    everything = director.get("/tasks?whose=all").json["items"]
    assert (everything[0]["case"]["id"], everything[0]["late"]) == (str(late.id), True)
    assert everything[0]["process"] == {"ru": "Поручение"}
    assert everything[0]["state_title"] == {"ru": "Проверить список"}
    assert len(director.get("/tasks?whose=all&late=overdue").json["items"]) == 1
    assert len(director.get(f"/tasks?whose=all&school_id={school.id}").json["items"]) == 3
    assert director.get(f"/tasks?school_id={uuid4()}").status_code == 404
    assert director.get("/tasks?after=cGxlYXNl").status_code == 422
    states = {one["id"]: one for one in director.get("/processes/errand").json["states"]}
    assert (states["asked"]["cases"], states["asked"]["late"], states["checked"]["cases"]) == (1, 1, 2)


def test_a_task_is_taken_commented_handed_over_and_refused_by_code(
    school: School, hands, registry: Registry
) -> None:
    case = advance(registry, errand(registry, school.id, 1), "check")
    director, clerk = hands(Role.DIRECTOR), hands(Role.CLERK)
    task = f"/cases/{case.id}/task"
    assert code(clerk, f"{task}/take", revision=2) == "task-not-yours"
    assert code(director, f"{task}/take", revision=1) == "stale-revision"
    taken = director.post(f"{task}/take", {"revision": 2}).json
    assert (taken["revision"], taken["assignee_person"]) == (3, str(now_of(registry, case).assignee_person))
    assert code(director, f"{task}/take", revision=3) == "task-yours"
    assert code(director, f"{task}/hand-over", revision=3, colleague_id=str(uuid4())) == "colleague"
    mine = director.get(f"{task}/colleagues").json["colleagues"]
    assert [one["id"] for one in mine] == [taken["assignee_person"]]
    said = director.post(f"/cases/{case.id}/comments", {"revision": 3, "comment": "Жду бумаги"}).json
    assert said["revision"] == 4
    history = clerk.get(f"/cases/{case.id}").json["history"]
    assert [(one["kind"], one["comment"]) for one in history[2:]] == [
        ("taken", None),
        ("commented", "Жду бумаги"),
    ]
    assert director.post(f"{task}/put-back", {"revision": 4}).json["assignee_person"] is None
    assert code(director, f"{task}/take-back", revision=5) == "task-free"
    advance(registry, case, "finish")
    assert code(director, f"{task}/take", revision=6) == "case-closed"
