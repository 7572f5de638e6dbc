"""A failpoint strikes where and when it was armed, and only then; production has none."""

import dataclasses
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from registry.config import Settings, load_settings
from registry.errors import SettingsError, UnavailableError
from registry.storage import failpoints
from registry.storage.failpoints import (
    NAMES,
    Action,
    FailpointError,
    Strike,
    listening,
    reach,
    read_strike,
)
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.work import Registry

PLACE = "work.before-commit"


def promise_something(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        work.later("people.forget_files", files=[])


def promised(registry: Registry) -> int:
    with registry.reading(SYSTEM) as work:
        return len(work.connection.execute(select(promises.c.id)).all())


def test_a_failpoint_that_nobody_armed_does_nothing():
    for name in NAMES:
        reach(name)


def test_a_failpoint_strikes_once_and_at_the_hit_that_was_asked_for(registry: Registry):
    with listening(Strike(PLACE, Action.RAISE, 2)):
        promise_something(registry)
        with pytest.raises(FailpointError, match=PLACE):
            promise_something(registry)
        promise_something(registry)
    assert promised(registry) == 2


def test_a_dropped_connection_takes_the_transaction_with_it_and_the_next_one_is_fresh(registry: Registry):
    said = Strike(PLACE, Action.DROP)
    said.watch(registry.engine)
    promise_something(registry)
    with listening(said), pytest.raises((DBAPIError, UnavailableError)):
        promise_something(registry)
    promise_something(registry)
    assert promised(registry) == 2


def test_a_slow_place_is_slow_and_nothing_else(registry: Registry, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(failpoints, "SLOWNESS", 0.2)
    began = time.monotonic()
    with listening(Strike(PLACE, Action.SLOW)):
        promise_something(registry)
    assert time.monotonic() - began >= 0.2
    assert promised(registry) == 1


def test_the_environment_of_a_sandbox_arms_a_failpoint(registry_settings: Settings, registry: Registry):
    armed = Registry.open(dataclasses.replace(registry_settings, failpoint=f"{PLACE}=raise"))
    try:
        with pytest.raises(FailpointError):
            promise_something(armed)
        promise_something(armed)
    finally:
        failpoints.disarm()
        armed.engine.dispose()
    assert promised(registry) == 1


def test_production_refuses_to_start_with_a_failpoint_and_names_it(tmp_path: Path):
    environ = {"REGISTRY_HOME": str(tmp_path), "REGISTRY_FAILPOINT": f"{PLACE}=kill"}
    assert load_settings(environ).failpoint == f"{PLACE}=kill"
    with pytest.raises(SettingsError, match="REGISTRY_FAILPOINT"):
        load_settings({**environ, "REGISTRY_MODE": "production"})


@pytest.mark.parametrize(
    "said", [PLACE, "no.such-place=kill", f"{PLACE}=explode", f"{PLACE}=kill@", f"{PLACE}=kill@0"]
)
def test_a_failpoint_that_there_is_not_is_refused_by_name(said: str):
    with pytest.raises(SettingsError, match="REGISTRY_FAILPOINT"):
        read_strike(said)
