"""A change is made once, and only to what its asker has seen; lists come page by page."""

from collections.abc import Callable
from typing import Any

from tests.api.machines import Machine

MachineOf = Callable[..., Machine]
KEY = "0123456789abcdef"


def test_the_same_key_and_body_get_the_same_answer(machine_of: MachineOf, things: dict[str, Any]) -> None:
    machine = machine_of()
    first = machine.post("/probe/things", {"name": "a", "size": 1}, Idempotency_Key=KEY)
    things.clear()
    again = machine.post("/probe/things", {"name": "a", "size": 1}, Idempotency_Key=KEY)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_that_was_used_for_another_body_is_refused(machine_of: MachineOf) -> None:
    machine = machine_of()
    machine.post("/probe/things", {"name": "a"}, Idempotency_Key=KEY)
    again = machine.post("/probe/things", {"name": "b"}, Idempotency_Key=KEY)
    assert (again.status_code, again.json["code"]) == (422, "idempotency-key-reused")


def test_a_change_without_a_key_is_refused(machine_of: MachineOf, things: dict[str, Any]) -> None:
    answer = machine_of().post("/probe/things", {"name": "a"}, Idempotency_Key="")
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key")
    assert not things


def test_what_was_read_before_and_did_not_change_is_not_told_again(
    machine_of: MachineOf, things: dict[str, Any]
) -> None:
    machine = machine_of()
    things["a"] = {"name": "a", "size": 1}
    tag = machine.get("/probe/things/a").headers["ETag"]
    same = machine.get("/probe/things/a", If_None_Match=tag)
    assert (same.status_code, same.data) == (304, b"")
    things["a"] = {"name": "a", "size": 2}
    assert machine.get("/probe/things/a", If_None_Match=tag).json["size"] == 2


def test_a_change_needs_the_tag_of_what_stands_now(machine_of: MachineOf, things: dict[str, Any]) -> None:
    machine = machine_of()
    things["a"] = {"name": "a", "size": 1}
    tag = machine.get("/probe/things/a").headers["ETag"]
    wanted = {"name": "a", "size": 2}
    assert machine.call("PUT", "/probe/things/a", wanted).status_code == 428
    assert machine.call("PUT", "/probe/things/a", wanted, If_Match='"old"').status_code == 412
    assert machine.call("PUT", "/probe/things/a", wanted, If_Match=tag).status_code == 200
    assert machine.call("PUT", "/probe/things/a", wanted, If_Match=tag).status_code == 412
    assert things["a"]["size"] == 2


def test_a_list_is_read_page_by_page(machine_of: MachineOf, things: dict[str, Any]) -> None:
    machine = machine_of()
    things.update({name: {"name": name, "size": None} for name in "dacбe"})
    names: list[str] = []
    after = ""
    while True:
        said = machine.get(f"/probe/things?limit=2&after={after}").json
        names += [one["name"] for one in said["items"]]
        if said["next"] is None:
            break
        after = said["next"]
    assert names == sorted("dacбe")


def test_a_cursor_that_is_none_of_ours_is_refused(machine_of: MachineOf) -> None:
    machine = machine_of()
    for cursor in ("!", "abc", "____", "%00"):
        answer = machine.get(f"/probe/things?after={cursor}")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "after")
