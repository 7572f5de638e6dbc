"""The description of the API: whole, true, and readable without scripts."""

from collections.abc import Iterator

import jsonschema_rs
import pytest
from flask import Flask

from registry.app import create_app
from registry.web.api.description import operations
from registry.work import Registry


@pytest.fixture
def app(registry: Registry) -> Flask:
    """The application of all rooms, as it is served."""
    return create_app(registry)


@pytest.fixture
def described(app: Flask) -> dict:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    return answer.get_json()


def each(described: dict) -> Iterator[tuple[str, dict]]:
    for whole in described["paths"].values():
        yield from ((method, one) for method, one in whole.items() if method != "parameters")


def test_it_is_openapi_3_1_and_names_every_operation(app: Flask, described: dict) -> None:
    assert described["openapi"].startswith("3.1")
    named = [one["operationId"] for _, one in each(described)]
    assert sorted(named) == sorted(operations(app))
    assert len(named) == len(set(named))


def test_its_shapes_are_json_schemas(described: dict) -> None:
    for name, schema in described["components"]["schemas"].items():
        whole = {**schema, "components": described["components"]}
        assert jsonschema_rs.meta.is_valid(whole), name


def test_every_refusal_is_told_as_problem_details(described: dict) -> None:
    for name, one in described["components"]["responses"].items():
        assert set(one["content"]) == {"application/problem+json"}, name
    for _, one in each(described):
        assert {"401", "403", "422"} <= set(one["responses"])


def test_every_route_of_the_api_is_an_operation(app: Flask) -> None:
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api-pages.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == {(one.method, one.address) for one in operations(app).values()}


def test_every_operation_asks_for_a_token_and_every_change_for_a_key(app: Flask) -> None:
    listed = operations(app)
    assert all(one.door.bearer for one in listed.values())
    assert [name for name, one in listed.items() if one.changes and not one.once] == []


def test_people_read_it_without_scripts(app: Flask) -> None:
    client = app.test_client()
    contents = client.get("/api/v1/docs")
    assert contents.status_code == 200
    for name, one in operations(app).items():
        room = name.partition(".")[0]
        shown = client.get(f"/api/v1/docs/{room}").text
        assert f'id="{name}"' in shown
        assert one.title in shown
        assert name in contents.text
    assert client.get("/api/v1/docs/nothing").status_code == 404
