"""Every way in which the platform can misbehave, from sign-off to acknowledgement."""

import socket
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import select

from registry.sandbox.platform.switches import Fault
from registry.storage.outbox import promises
from registry.submissions.models.records import Submission
from registry.trail.entries import SYSTEM
from registry.transports.https import Line
from registry.work import Registry
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School

TAKES_NOTHING_IN = {Fault.FAIL_BEFORE, Fault.HANG, Fault.BUSY, Fault.REDIRECT}
MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is long on one machine; half a minute of a silent platform would be waited for in vain."""
    monkeypatch.setattr("registry.submissions.ways.Line", partial(Line, read=1.0, total=3.0))


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """Another host, that nobody may be led to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        yield listener


def turn(platform: Platform, fault: Fault | None, **more: object) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{platform.port}", trust_env=False) as client:
        if fault is None:
            assert client.delete("/switches").json() == {"on": None}
        else:
            assert client.put("/switches", json={"fault": fault, **more}).status_code == 200


def signed(school: School) -> Submission:
    way.ready_school(school, 2)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    return submission


def next_ask(registry: Registry) -> timedelta:
    """How long the platform is left alone from now on."""
    with registry.work(SYSTEM) as work:
        waiting = select(promises.c.due_at).where(
            promises.c.job == "submissions.ask", promises.c.due_at.is_not(None)
        )
        due = work.connection.execute(waiting).scalar_one()
        return due - work.now


@pytest.mark.parametrize("fault", Fault)
def test_whatever_the_platform_does_until_it_is_well_again_the_message_is_held_once_and_acknowledged(
    school: School, platform: Platform, elsewhere: socket.socket, fault: Fault
) -> None:
    submission = signed(school)
    turn(platform, fault, wait=1, elsewhere=f"http://127.0.0.1:{elsewhere.getsockname()[1]}/messages")
    way.drain(school.registry)
    for _ in range(2):
        stuck = way.now(school, submission)
        assert (stuck.state, stuck.verdict, stuck.acknowledgement_sha256) == ("unknown", None, None)
        assert len(platform.messages()) == (0 if fault in TAKES_NOTHING_IN else 1)
        way.hurry(school.registry)
    assert way.attempts_of(school, submission) == ["unknown"]
    assert {line.partition(" ")[0] for line in platform.received[1:]} == {"GET"}
    turn(platform, None)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1
    attempts = len(way.attempts_of(school, submission))
    if fault is Fault.HANG:
        # What hung goes on when the switch is off, and may be quicker than the question about it.
        assert attempts in {1, 2}
    else:
        assert attempts == (2 if fault in TAKES_NOTHING_IN else 1)
    with pytest.raises(TimeoutError):
        elsewhere.accept()


@pytest.mark.parametrize("fault", Fault)
def test_a_single_bad_answer_is_asked_about_and_not_guessed(
    school: School, platform: Platform, fault: Fault
) -> None:
    submission = signed(school)
    turn(platform, fault, times=1, wait=1)
    way.drain(school.registry)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    asked = [line.partition(" ")[0] for line in platform.received]
    assert asked == (["POST", "GET", "POST"] if fault in TAKES_NOTHING_IN else ["POST", "GET"])
    assert len(platform.messages()) == 1
    turn(platform, None)


def test_a_platform_that_hangs_and_takes_the_message_in_long_after_holds_it_once(
    school: School, platform: Platform
) -> None:
    submission = signed(school)
    turn(platform, Fault.HANG, times=1)
    way.drain(school.registry)
    way.hurry(school.registry)  # asked, not received, sent again, acknowledged
    assert way.now(school, submission).state == "acknowledged"
    turn(platform, None)  # the first sending goes on now, though nobody waits for it
    deadline = time.monotonic() + 10
    while platform.answered < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert platform.answered == 3
    assert len(platform.messages()) == 1


def test_a_platform_that_asks_to_wait_is_left_alone_for_that_time(school: School, platform: Platform) -> None:
    submission = signed(school)
    turn(platform, Fault.BUSY, times=2, wait=2)
    way.drain(school.registry)
    assert [line.partition(" ")[0] for line in platform.received] == ["POST"]
    assert timedelta(seconds=1) < next_ask(school.registry) <= timedelta(seconds=2)
    time.sleep(2.1)
    way.drain(school.registry)  # asked once, and told to wait again
    assert len(platform.received) == 2
    assert next_ask(school.registry) > timedelta(seconds=1)
    assert way.now(school, submission).state == "unknown"
    time.sleep(3)
    way.drain(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1


def test_a_platform_that_asks_to_wait_for_years_is_asked_again_within_the_hour(
    school: School, platform: Platform
) -> None:
    signed(school)
    turn(platform, Fault.BUSY, wait=1_000_000_000)
    way.drain(school.registry)
    assert timedelta(minutes=59) < next_ask(school.registry) <= timedelta(hours=1)
    way.hurry(school.registry)
    assert timedelta(minutes=59) < next_ask(school.registry) <= timedelta(hours=1)


def test_an_answer_without_end_takes_no_memory(school: School, platform: Platform) -> None:
    submission = signed(school)
    turn(platform, Fault.ENDLESS)
    tracemalloc.start()
    try:
        way.drain(school.registry)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert way.attempts_of(school, submission) == ["unknown"]
    assert peak < 16 * MIB
