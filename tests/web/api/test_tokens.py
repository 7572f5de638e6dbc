"""Tokens of machines: their owner's rights of the day, narrowed, until they end."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from registry.access.models.tables import api_tokens, role_assignments, users
from registry.access.rules import Action, Role
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.models import trail_event
from registry.web.create import create_app
from registry.web.words import ACTION_WORDS
from registry.work import Registry
from tests.api.machines import Machine
from tests.web.browsers import PASSWORD, Browser

MachineOf = Callable[..., Machine]
Employ = Callable[[str, Role], UUID]


def test_every_action_has_a_name_for_people() -> None:
    assert set(ACTION_WORDS) == set(Action)


def test_a_token_opens_what_its_owner_may_and_it_is_for(machine_of: MachineOf) -> None:
    assert machine_of().get("/probe/things").status_code == 200


def test_a_request_without_a_good_token_learns_how_to_come_in(machine_of: MachineOf) -> None:
    machine = machine_of()
    for sent in (
        "",
        "Bearer",
        "Bearer x",
        "Basic dTpw",
        f"Bearer {machine.secret}x",
        f"Token {machine.secret}",
    ):
        answer = machine.get("/probe/things", Authorization=sent)
        assert (answer.status_code, answer.json["code"]) == (401, "token")
        assert "Нужен действующий токен" in answer.text
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_that_is_signed_in_does_not_open_the_api(
    browser: Browser, employ: Employ, machine_of: MachineOf
) -> None:
    del machine_of
    employ("clerk", Role.CLERK)
    browser.sign_in("clerk")
    assert browser.get("/api/v1/probe/things").status_code == 401


def test_a_token_does_not_open_pages(machine_of: MachineOf) -> None:
    machine = machine_of()
    answer = machine.client.get("/sessions", headers={"Authorization": f"Bearer {machine.secret}"})
    assert answer.status_code == 303


def test_a_token_is_no_wider_than_what_it_was_made_for(machine_of: MachineOf) -> None:
    answer = machine_of(actions=[Action.CONSENT_READ]).get("/probe/things")
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_a_token_is_no_wider_than_its_owner(machine_of: MachineOf) -> None:
    answer = machine_of(Role.CLERK, actions=list(Action)).get("/probe/keys")
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_a_token_ends_in_time(machine_of: MachineOf) -> None:
    assert machine_of(lasts=timedelta(seconds=-1)).get("/probe/things").status_code == 401


@pytest.mark.parametrize("end", ["role", "account"])
def test_a_token_ends_with_its_owners_role_or_account(
    machine_of: MachineOf, registry: Registry, end: str
) -> None:
    machine = machine_of()
    with registry.work(SYSTEM) as work:
        if end == "role":
            work.connection.execute(update(role_assignments).values(valid_until=date(2020, 11, 1)))
        else:
            work.connection.execute(update(users).values(disabled_at=work.now))
    assert machine.get("/probe/things").status_code == (403 if end == "role" else 401)


def test_its_last_use_is_noted_to_the_hour(machine_of: MachineOf, registry: Registry) -> None:
    machine = machine_of()

    def seen() -> datetime | None:
        with registry.reading(SYSTEM) as work:
            return work.connection.execute(select(api_tokens.c.seen_at)).scalar_one()

    assert seen() is None
    machine.get("/probe/things")
    first = seen()
    assert first is not None
    machine.get("/probe/things")
    assert seen() == first


def test_a_machine_can_ask_what_its_token_opens(machine_of: MachineOf) -> None:
    said = machine_of().get("/token").json
    assert said["actions"] == ["people.read"]
    assert [one["role"] for one in said["rights"]] == ["clerk"]
    assert said["fresh_until"] is None


def in_trail(registry: Registry) -> list[str]:
    rows = select(trail_event.c.leaf).order_by(trail_event.c.event_id)
    with registry.reading(SYSTEM) as work:
        return [json.loads(leaf)["type"] for leaf in work.connection.scalars(rows)]


def make(browser: Browser, **fields: object):
    said = {"name": "Журнал", "days": "30", "actions": ["people.read", "person.read"], **fields}
    return browser.post("/tokens/new", **said)


def test_a_member_of_staff_makes_a_token_sees_it_once_and_revokes_it(
    browser: Browser, employ: Employ, registry: Registry, app
) -> None:
    employ("clerk", Role.CLERK)
    browser.sign_in("clerk")
    assert browser.get("/tokens/new").headers["Location"].startswith("/step-up")
    browser.post("/step-up", password=PASSWORD)
    assert "person.read" in browser.get("/tokens/new").text
    shown = make(browser)
    secret = re.search(r"rgst_[0-9a-f]{8}_[\w-]{43}", shown.text)
    assert secret is not None
    machine = Machine(app, secret[0])
    assert machine.get("/probe/things").status_code == 200
    listed = browser.get("/tokens").text
    assert "Журнал" in listed
    assert secret[0] not in listed
    token_id = machine.get("/token").json["id"]
    assert browser.post(f"/tokens/{token_id}/revoke").status_code == 303
    assert machine.get("/probe/things").status_code == 401
    assert browser.post(f"/tokens/{token_id}/revoke").status_code == 404
    told = in_trail(registry)
    assert [one for one in told if one.startswith("token")] == [EntryType.TOKEN_MADE, EntryType.TOKEN_REVOKED]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"days": "400"},
        {"days": ""},
        {"actions": []},
        {"actions": ["key.manage"]},
        {"actions": ["consent.decide"]},
        {"actions": ["no such action"]},
    ],
)
def test_a_token_for_too_much_or_nothing_is_not_made(
    browser: Browser, employ: Employ, registry: Registry, fields: dict[str, object]
) -> None:
    employ("clerk", Role.CLERK)
    browser.sign_in("clerk")
    browser.post("/step-up", password=PASSWORD)
    answer = make(browser, **fields)
    assert answer.status_code == 422
    assert "Исправьте, пожалуйста" in answer.text
    assert EntryType.TOKEN_MADE not in in_trail(registry)


def test_the_token_of_another_is_not_revoked(browser: Browser, employ: Employ, machine_of: MachineOf) -> None:
    machine = machine_of()
    employ("other", Role.CLERK)
    browser.sign_in("other")
    assert browser.post(f"/tokens/{machine.get('/token').json['id']}/revoke").status_code == 404
    assert machine.get("/token").status_code == 200


def test_the_secret_is_not_in_the_database(machine_of: MachineOf, registry: Registry) -> None:
    secret = machine_of().secret
    with registry.reading(SYSTEM) as work:
        row = work.connection.execute(select(api_tokens)).one()
    assert secret not in repr(row)
    assert secret.encode() not in row.token_hash


def test_every_application_serves_the_operations_of_tokens(registry: Registry) -> None:
    client = create_app(registry).test_client()
    assert client.get("/api/v1/token").status_code == 401


def test_an_auditor_reads_back_the_purpose_that_he_stated(machine_of: MachineOf) -> None:
    machine = machine_of(Role.AUDITOR)
    assert machine.get("/token").json["purpose"] is None
    said = machine.post("/purpose", {"reason": "planned", "order": "приказ № 15"}).json
    assert machine.get("/token").json["purpose"] == said
