"""What a machine sends is taken as it is described, or refused field by field."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.web.api.parsing import DEEPEST
from tests.api.machines import Machine

MachineOf = Callable[..., Machine]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "a", "colour": "red"}, "colour"),
        ({"name": 1}, "name"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a" * 21}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"name": "a", "size": "1"}, "size"),
        ({"name": "a", "size": 1.0}, "size"),
        ({"name": "a", "size": True}, "size"),
        ({"name": "a", "size": 11}, "size"),
        ({"name": "a", "good": 1}, "good"),
        ({"name": "a", "good": "true"}, "good"),
        ({"name": "a", "day": "20201102"}, "day"),
        ({"name": "a", "day": "2020-02-30"}, "day"),
        ({"name": "a", "kind": "SOFT"}, "kind"),
        ({"name": "a", "of": "{01970000-0000-7000-8000-000000000017}"}, "of"),
        ({"name": "a", "of": "01970000000070008000000000000017"}, "of"),
        ([], ""),
        ("name", ""),
    ],
)
def test_a_wrong_field_is_named(machine_of: MachineOf, things: dict[str, Any], body: Any, field: str) -> None:
    answer = machine_of().post("/probe/things", body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert [one["field"] for one in answer.json["errors"]] == [field]
    assert not things


def test_a_body_that_is_as_described_is_taken(machine_of: MachineOf) -> None:
    answer = machine_of().post("/probe/things", {"name": "a", "size": 3, "good": True, "day": "2020-11-02"})
    assert (answer.status_code, answer.json) == (201, {"name": "a", "size": 3})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "size": NaN}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_of_one_meaning_is_not_read(machine_of: MachineOf, text: bytes) -> None:
    machine = machine_of()
    headers = {"Authorization": f"Bearer {machine.secret}", "Idempotency-Key": "k" * 16}
    answer = machine.client.post(
        "/api/v1/probe/things", data=text, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json["code"]) == (400, "http-400")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_call_itself_json_is_refused(machine_of: MachineOf, kind: str | None) -> None:
    machine = machine_of()
    headers = {"Authorization": f"Bearer {machine.secret}", "Idempotency-Key": "k" * 16}
    answer = machine.client.post(
        "/api/v1/probe/things", data=b'{"name": "a"}', content_type=kind, headers=headers
    )
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")


def test_a_body_above_its_limit_is_refused(machine_of: MachineOf) -> None:
    assert machine_of().post("/probe/things", {"name": "a" * (1 << 20)}).status_code == 413


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=1_0", "limit= 1", "limit=1&limit=2", "x=1"])
def test_a_wrong_query_is_refused(machine_of: MachineOf, query: str) -> None:
    answer = machine_of().get(f"/probe/things?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] in {"limit", "x"}


def test_an_operation_without_query_or_body_refuses_both(
    machine_of: MachineOf, things: dict[str, Any]
) -> None:
    things["a"] = {"name": "a", "size": 1}
    machine = machine_of()
    assert machine.get("/probe/things/a?x=1").status_code == 422
    assert machine.call("GET", "/probe/things/a", {"x": 1}).status_code == 422


@pytest.mark.parametrize("path", ["/nothing", "/probe/nothing"])
def test_an_address_that_is_not_there_is_told_as_a_problem(machine_of: MachineOf, path: str) -> None:
    answer = machine_of().get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_method_that_is_not_served_is_told_as_a_problem(machine_of: MachineOf) -> None:
    answer = machine_of().call("PATCH", "/probe/things")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "POST" in answer.headers["Allow"]
