"""The real worker, struck through its environment and started again: no clock is moved here."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.crash.shelf import Place, Shelf
from tests.crash.story import STAGES, ask_all, invite
from tests.crash.sweep import KINDS

LONGEST_S = 60
INVITATIONS = next(one for one in STAGES if one.name == "invitations")


def start_worker(place: Place, failpoint: str = "") -> subprocess.Popen[bytes]:
    environ = {**place.environ, "REGISTRY_FAILPOINT": failpoint}
    return subprocess.Popen(
        [sys.executable, "-m", "registry", "work"], env=environ, stderr=subprocess.DEVNULL
    )


@pytest.mark.deep
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_killed_worker_had_in_hand_is_done_within_a_minute_of_the_next_start(
    shelf_of: Callable[[str], Shelf], kind: str
):
    with shelf_of(kind).before(INVITATIONS) as place:
        town = place.open()
        ask_all(town)
        invite(town)
        town.registry.engine.dispose()
        assert start_worker(place, "letter.taken=kill").wait(60) == -signal.SIGKILL
        before = len(place.mailbox.letters)
        began = time.monotonic()
        worker = start_worker(place)
        while len(place.mailbox.letters) < before + 3 and time.monotonic() - began < LONGEST_S:
            time.sleep(0.1)
        took = time.monotonic() - began
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
        assert len(place.mailbox.letters) == before + 3
    assert took < LONGEST_S
