"""The password once more, for a machine: counted, for one token and five minutes, and once for each key."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from registry.access.models.tables import api_tokens, users
from registry.access.models.users import account_of
from registry.access.passwords import Passwords
from registry.access.rules import Action
from registry.access.totp import STEP, code_at, new_secret
from registry.access.usecases import factors
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.models import trail_event
from registry.web.models import idempotency_answers
from registry.work import Registry
from tests.api.machines import Machine, make_token
from tests.web.browsers import PASSWORD

MachineOf = Callable[..., Machine]
KEY = "0123456789abcdef"
SOME = {"name": "a"}


def test_an_act_that_asks_for_the_password_waits_for_it(machine_of: MachineOf, things) -> None:
    machine = machine_of()
    things["a"] = SOME
    answer = machine.call("DELETE", "/probe/things/a")
    assert (answer.status_code, answer.json["code"]) == (403, "step-up")
    answer = machine.post("/step-up", {"password": "wrong"})
    assert (answer.status_code, answer.json["code"]) == (422, "password")
    assert machine.call("DELETE", "/probe/things/a").status_code == 403
    assert machine.post("/step-up", {"password": PASSWORD}).json["fresh_until"]
    assert machine.call("DELETE", "/probe/things/a").status_code == 204
    assert machine.get("/token").json["fresh_until"]


def test_whose_owner_has_a_second_factor_needs_its_code_as_well(
    machine_of: MachineOf, registry: Registry
) -> None:
    machine = machine_of()
    secret = new_secret()
    with registry.work(SYSTEM) as work:
        owner = account_of(work.connection, work.connection.execute(select(users.c.id)).scalars().one())
        assert owner is not None
        step = int(work.now.timestamp()) // STEP
        factors.set_up(work, owner, secret, code_at(secret, step - 1))
    assert machine.post("/step-up", {"password": PASSWORD}).json["code"] == "code-wrong"
    assert machine.get("/token").json["fresh_until"] is None
    said = {"password": PASSWORD, "code": code_at(secret, step + 1)}
    fresh = machine.post("/step-up", said, Idempotency_Key=KEY).json
    assert fresh["fresh_until"]
    assert machine.post("/step-up", said, Idempotency_Key=KEY).json == fresh
    assert machine.post("/step-up", said).json["code"] == "code-wrong"


def forget_password(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        long_ago = work.now - timedelta(minutes=6)
        work.connection.execute(update(api_tokens).values(stepped_up_at=long_ago))


def test_a_password_repeated_under_its_key_is_answered_alike_and_prolongs_nothing(
    machine_of: MachineOf, registry: Registry
) -> None:
    machine = machine_of()
    first = machine.post("/step-up", {"password": PASSWORD}, Idempotency_Key=KEY)
    forget_password(registry)
    again = machine.post("/step-up", {"password": PASSWORD}, Idempotency_Key=KEY)
    assert (again.status_code, again.json) == (200, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert machine.get("/token").json["fresh_until"] is None
    with registry.reading(SYSTEM) as work:
        leaves = work.connection.scalars(select(trail_event.c.leaf)).all()
    assert sum(f'"{EntryType.USER_STEPPED_UP}"' in str(leaf) for leaf in leaves) == 1


def test_a_wrong_password_is_refused_under_a_used_key_too_and_counts_as_a_guess(
    machine_of: MachineOf,
) -> None:
    machine = machine_of()
    machine.post("/step-up", {"password": PASSWORD}, Idempotency_Key=KEY)
    for body in ({"password": "wrong"}, {"password": "wrong", "code": "123456"}, {}, []):
        assert machine.post("/step-up", body, Idempotency_Key=KEY).status_code == 422
    again = [machine.post("/step-up", {"password": "wrong"}, Idempotency_Key=KEY) for _ in range(9)]
    assert [one.status_code for one in again] == [422] * 8 + [429]
    assert machine.post("/step-up", {"password": PASSWORD}, Idempotency_Key=KEY).status_code == 429


def test_a_key_of_one_token_confirms_nothing_for_another(
    machine_of: MachineOf, registry: Registry, app: Flask
) -> None:
    first = machine_of()
    with registry.reading(SYSTEM) as work:
        owner = work.connection.execute(select(users.c.id)).scalar_one()
    second = Machine(app, make_token(registry, owner, [Action.PEOPLE_READ]))
    assert first.post("/step-up", {"password": PASSWORD}, Idempotency_Key=KEY).status_code == 200
    assert second.get("/token").json["fresh_until"] is None
    answer = second.post("/step-up", {"password": PASSWORD}, Idempotency_Key=KEY)
    assert "Idempotency-Replayed" not in answer.headers
    assert second.get("/token").json["fresh_until"] == answer.json["fresh_until"]


def test_nothing_of_a_password_or_a_code_is_kept_with_the_answer(
    machine_of: MachineOf, registry: Registry
) -> None:
    """What is kept of two requests that differ in these alone is the same."""
    machine = machine_of()
    said = [{"password": PASSWORD}, {"password": "another password of his", "code": "123456"}]
    for body in said:
        with registry.work(SYSTEM) as work:
            hashed = Passwords(registry.settings).hash(body["password"])
            work.connection.execute(update(users).values(password_hash=hashed))
        assert machine.post("/step-up", body).status_code == 200
    with registry.reading(SYSTEM) as work:
        kept = work.connection.execute(select(idempotency_answers.c.request_hash)).scalars().all()
    assert len(kept) == 2
    assert len(set(kept)) == 1


def test_a_step_up_without_a_key_is_refused_before_the_password_is_looked_at(machine_of: MachineOf) -> None:
    machine = machine_of()
    for _ in range(11):
        answer = machine.post("/step-up", {"password": PASSWORD}, Idempotency_Key="")
        assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key")


def test_the_password_is_fresh_for_the_token_that_it_came_with_alone(
    machine_of: MachineOf, registry: Registry
) -> None:
    machine = machine_of()
    machine.post("/step-up", {"password": PASSWORD})
    with registry.work(SYSTEM) as work:
        stepped = work.connection.execute(select(api_tokens.c.stepped_up_at)).scalars().all()
    forget_password(registry)
    assert [one is not None for one in stepped] == [True]
    assert machine.call("DELETE", "/probe/things/a").json["code"] == "step-up"


def test_guesses_at_the_password_run_out(machine_of: MachineOf) -> None:
    machine = machine_of()
    codes = [machine.post("/step-up", {"password": f"guess {n}"}).status_code for n in range(11)]
    assert codes == [422] * 10 + [429]
    assert machine.post("/step-up", {"password": PASSWORD}).status_code == 429
