"""The line between worker and platform breaks in every place: the message is held once and acknowledged."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from registry.config import Settings
from registry.transports.https import Line
from tests.proxy import Fault, Ill, Proxy, To, proxied
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School


@pytest.fixture
def line(platform: Platform) -> Iterator[Proxy]:
    """What stands between the worker and the platform."""
    with proxied(platform.port) as proxy:
        yield proxy


@pytest.fixture
def registry_settings(registry_settings: Settings, line: Proxy) -> Settings:
    """The same settings, and the platform behind the proxy."""
    return replace(registry_settings, platform_url=f"http://127.0.0.1:{line.port}")


BREAKS = {
    "before the message": (Fault(Ill.CUT, To.SERVER), 0),
    "in the middle of the message": (Fault(Ill.CUT, To.SERVER, after=1_500), 0),
    "by a reset in the middle of the message": (Fault(Ill.RESET, To.SERVER, after=1_500), 0),
    "before the acknowledgement": (Fault(Ill.CUT), 1),
    "in the middle of the acknowledgement": (Fault(Ill.CUT, after=300), 1),
    "by a reset instead of the acknowledgement": (Fault(Ill.RESET), 1),
    "by a half-closed line in the acknowledgement": (Fault(Ill.HALF_CLOSE, after=300), 1),
    "by silence instead of the acknowledgement": (Fault(Ill.SWALLOW), 1),
}


@pytest.mark.parametrize("where", BREAKS)
def test_a_message_whose_line_breaks_is_asked_about_held_once_and_acknowledged(
    school: School, platform: Platform, line: Proxy, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where.startswith("by silence"):
        # Every other break is noticed at once; a short patience would add breaks of a busy machine's own.
        monkeypatch.setattr("registry.submissions.ways.Line", partial(Line, read=1.0, total=3.0))
    fault, held = BREAKS[where]
    way.ready_school(school, 2)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    line.spoil(fault, times=None)
    way.drain(school.registry)
    assert way.now(school, submission).state == "unknown"
    first = way.attempts_of(school, submission)
    assert first == ["unknown"] * (2 if "message" in where.partition("middle")[2] else 1)
    way.drain(school.registry)  # it does not spin
    assert way.attempts_of(school, submission) == first
    way.hurry(school.registry)
    assert way.now(school, submission).state == "unknown"
    assert len(platform.messages()) == held
    line.spoil(None)
    monkeypatch.setattr("registry.submissions.ways.Line", Line)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1
    assert set(way.attempts_of(school, submission)[:-1]) <= {"unknown"}


def test_a_slow_line_is_waited_for(school: School, platform: Platform, line: Proxy) -> None:
    line.delay = 0.2
    way.ready_school(school, 2)
    assert way.sent(school).state == "acknowledged"
    assert len(platform.messages()) == 1
