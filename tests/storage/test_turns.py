"""SQLite's turns: who writes rings a named pipe; a ring that is lost costs a pause, nothing else."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from registry.storage.engine import make_engine
from registry.storage.turns import PAUSE, Bell

SOON = 1.0
WRITE = """
import sys
from sqlalchemy import text
from registry.storage.engine import make_engine
engine = make_engine(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with engine.begin() as connection:
        connection.execute(text("UPDATE counted SET number = number + 1"))
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "turns.sqlite3")


@pytest.fixture
def counted(file: str) -> Iterator[Engine]:
    """A database with one number in it."""
    engine = make_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted (number INTEGER)"))
        connection.execute(text("INSERT INTO counted VALUES (0)"))
    yield engine
    engine.dispose()


def number(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT number FROM counted")).scalar_one()


def add(engine: Engine, times: int = 1) -> None:
    for _ in range(times):
        with engine.begin() as connection:
            connection.execute(text("UPDATE counted SET number = number + 1"))


def took(bell: Bell) -> float:
    begun = time.monotonic()
    bell.wait()
    return time.monotonic() - begun


def test_a_ring_wakes_who_waits_for_it_on_another_pipe_end(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.storage.turns.PAUSE", 30.0)
    ringing, waiting = Bell(file), Bell(file)
    threading.Timer(0.05, ringing.ring).start()
    assert took(waiting) < SOON


def test_a_ring_before_the_waiting_is_kept(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.storage.turns.PAUSE", 30.0)
    ringing, waiting = Bell(file), Bell(file)
    ringing.ring()
    assert took(waiting) < SOON


def test_a_lost_ring_costs_the_pause_and_no_more(file: str) -> None:
    assert PAUSE <= took(Bell(file)) < SOON


def test_a_pipe_full_of_rings_takes_one_more_and_is_heard_once(file: str) -> None:
    bell = Bell(file)
    for _ in range(70_000):  # more than a pipe holds
        bell.ring()
    assert took(bell) < SOON
    bell.wait()
    assert took(bell) >= PAUSE  # all of it is heard by now


def test_who_waits_goes_on_when_another_process_ends_its_transaction_without_a_ring(
    counted: Engine, file: str
) -> None:
    """A foreign program, or one that was killed, rings nobody."""
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        threading.Timer(0.1, foreign.execute, ("ROLLBACK",)).start()
        begun = time.monotonic()
        add(counted)
        assert 0.1 <= time.monotonic() - begun < SOON
    assert number(counted) == 1


def test_threads_and_processes_that_write_together_lose_nothing_and_never_see_locked(
    counted: Engine, file: str
) -> None:
    others = [
        subprocess.Popen([sys.executable, "-c", WRITE, f"sqlite:///{file}", "150"], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    threads = [threading.Thread(target=add, args=(counted, 50)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        said = other.communicate(timeout=60)[1].decode()
        assert (other.returncode, said) == (0, "")
    assert number(counted) == 2 * 150 + 4 * 50


def test_who_writes_again_and_again_keeps_the_turn_a_while_and_lets_others_in(
    counted: Engine, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[float] = []
    monkeypatch.setattr(Bell, "ring", lambda _: rung.append(time.monotonic()))
    add(counted, 400)
    assert len(rung) < 200  # a ring a tenure, not a ring a transaction
    monkeypatch.undo()
    busy = [sys.executable, "-c", WRITE, f"sqlite:///{file}", "100000"]
    with subprocess.Popen(busy, stderr=subprocess.PIPE) as other:
        while number(counted) < 450:
            assert other.poll() is None
        begun = time.monotonic()
        for _ in range(10):
            add(counted)
            time.sleep(0.002)
        assert time.monotonic() - begun < 10 * SOON
        other.kill()


def test_a_killed_writer_leaves_the_turn_to_the_others(counted: Engine, file: str) -> None:
    hold = (
        "import sqlite3, sys, time\n"
        "held = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "held.execute('BEGIN IMMEDIATE')\n"
        "held.execute('UPDATE counted SET number = 99')\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", hold, file], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        threading.Timer(0.1, holder.kill).start()
        add(counted)
    assert number(counted) == 1


@pytest.mark.parametrize("refusal", [PermissionError, OSError, NotImplementedError])
def test_a_file_system_without_named_pipes_is_asked_instead_and_does_not_stop_the_start(
    file: str, monkeypatch: pytest.MonkeyPatch, refusal: type[Exception]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr(os, "mkfifo", refuse)
    engine = make_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted (number INTEGER)"))
        connection.execute(text("INSERT INTO counted VALUES (0)"))
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        threading.Timer(0.1, foreign.execute, ("ROLLBACK",)).start()
        add(engine)
    assert number(engine) == 1
    assert not Path(f"{file}-turn").exists()
    engine.dispose()


def test_something_else_at_the_place_of_the_pipe_is_left_alone(file: str) -> None:
    """Rings into a plain file would fill the disk, and waiting on it would never wait."""
    Path(f"{file}-turn").write_bytes(b"not a pipe")
    engine = make_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted (number INTEGER)"))
    engine.dispose()
    assert Path(f"{file}-turn").read_bytes() == b"not a pipe"


def test_the_pipe_is_for_its_owner_alone_and_outlives_who_made_it(file: str) -> None:
    Bell(file)
    kept = Path(f"{file}-turn").stat().st_mode
    assert stat.S_ISFIFO(kept)
    assert stat.S_IMODE(kept) == 0o600
    Bell(file).ring()
