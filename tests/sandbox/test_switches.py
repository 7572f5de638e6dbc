"""The doors where the platform's switches are turned; what they do is seen in tests/submissions."""

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.sandbox.platform.switches import TITLES, Fault, Switch, Switches
from tests.sandbox.conftest import new_id


@pytest.fixture
def client(platform: Flask) -> FlaskClient:
    return platform.test_client()


def ask(client: FlaskClient) -> int:
    return client.get(f"/messages/{new_id()}").status_code


def test_a_switch_concerns_so_many_requests_and_then_goes_off_by_itself(client: FlaskClient) -> None:
    assert ask(client) == 404
    assert client.put("/switches", json={"fault": "fail-before", "times": 2}).json["on"]["times"] == 2
    assert [ask(client), ask(client), ask(client)] == [500, 500, 404]
    assert client.get("/switches").json == {"on": None}


def test_a_switch_without_a_number_stays_until_it_is_reset(client: FlaskClient) -> None:
    client.put("/switches", json={"fault": "busy", "wait": 7})
    answers = {client.get(f"/messages/{new_id()}").headers["Retry-After"] for _ in range(20)}
    assert answers == {"7"}
    client.delete("/switches")
    assert ask(client) == 404


def test_only_requests_about_messages_are_concerned(client: FlaskClient) -> None:
    client.put("/switches", json={"fault": "fail-before", "times": 1})
    assert {client.get(path).status_code for path in ("/health", "/keys", "/")} == {200}
    assert ask(client) == 500


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"fault": "no-such"},
        {"fault": ["busy"]},
        {"fault": "busy", "times": 0},
        {"fault": "busy", "times": True},
        {"fault": "busy", "wait": "5"},
        {"fault": "redirect", "elsewhere": 5},
        {"fault": "busy", "more": 1},
    ],
)
def test_a_switch_that_is_not_understood_changes_nothing(
    client: FlaskClient, said: Mapping[str, object]
) -> None:
    client.put("/switches", json={"fault": "busy", "times": 5})
    assert client.put("/switches", json=said).status_code == 400
    assert client.get("/switches").json["on"]["times"] == 5


def test_the_page_shows_the_switches_and_turns_them(client: FlaskClient) -> None:
    for title in TITLES.values():
        assert title in client.get("/").text
    told = client.post("/switches", data={"fault": "fail-before", "times": "3", "wait": ""})
    assert (told.status_code, told.location) == (303, "/")
    assert "Включено: ошибка 500, не принимая. Осталось запросов: 3." in client.get("/").text
    client.post("/switches", data={"fault": "", "times": "", "wait": ""})
    assert "Платформа работает как обычно." in client.get("/").text
    assert client.post("/switches", data={"fault": "busy", "times": "много"}).status_code == 400


def test_a_page_of_another_site_turns_nothing(client: FlaskClient) -> None:
    crossed = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/switches", data={"fault": "hang"}, headers=crossed).status_code == 403
    assert client.get("/switches").json == {"on": None}


def test_turning_a_switch_lets_the_requests_go_on_that_the_one_before_holds() -> None:
    switches = Switches()
    first = Switch(Fault.HANG, times=1)
    switches.turn(first)
    taken = switches.take()
    assert taken is not None
    assert switches.take() is None  # used up, and the request still hangs
    assert not taken.off.is_set()
    switches.turn(Switch(Fault.BUSY))
    assert taken.off.is_set()
