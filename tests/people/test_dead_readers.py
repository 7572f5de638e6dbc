"""The process that reads a file is killed while others wait for it: words for one, the next is served."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office, send
from tests.web.browsers import Browser

SCHOOL = (Path(__file__).parents[2] / "samples" / "school-17.xlsx").read_bytes()
PATIENCE_S = 30


def readers() -> list[int]:
    """Name the children of this process that read a list."""
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        for number in listed.read_text().split():
            words = Path(f"/proc/{number}/cmdline").read_bytes()
            if b"rosters.child" in words:
                found.append(int(number))
    return found


@contextmanager
def killing_the_reader() -> Iterator[list[int]]:
    """Kill the next process that reads a list, as the machine does that is out of memory."""
    killed: list[int] = []
    over = Event()

    def wait_and_kill() -> None:
        until = time.monotonic() + PATIENCE_S
        while not killed and not over.is_set() and time.monotonic() < until:
            for number in readers():
                os.kill(number, signal.SIGKILL)
                killed.append(number)
            time.sleep(0.001)

    hunter = Thread(target=wait_and_kill)
    hunter.start()
    try:
        yield killed
    finally:
        over.set()
        hunter.join()


def test_a_killed_reader_is_told_in_words_and_the_next_list_is_reviewed(clerk: Browser, office: Office):
    with killing_the_reader() as killed:
        refused = send(clerk, office.school, SCHOOL)
    assert killed
    assert refused.status_code == 422
    assert "Файл не удалось прочитать" in refused.text
    assert readers() == []
    taken = send(clerk, office.school, book(**{"9Б": [HEADER, CLEAN]}))
    assert taken.status_code == 303
    assert 'name="mark"' in clerk.get(taken.location).text
