"""The whole way of one file, on real servers, as `make demo` goes it."""

import json
import os
import pty
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from registry.consents.models.tables import acts
from tests.demo.families import ROWS, two_guardians_a_row

MIXED_SEED = 32
"""Of class 7A: paper that says yes and paper that says no, refusals and withdrawals online."""
DIFFERING_SEED = 2960
"""Of the made class: three couples who differ, one of them on paper, and one who both withdraw."""
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
KEYS = {
    "students",
    "guardians",
    "acts",
    "included",
    "refused",
    "conflict",
    "withdrawn",
    "not_required",
    "message_id",
    "message_sha256",
    "message_bytes",
    "acknowledgement",
    "trail_size",
    "trail_root",
    "trail_verified",
    "seconds",
}


def words(file: Path, home: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "registry", "demo", str(file), "--home", str(home), "--json", *more]


def run_demo(file: Path, home: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(file, home, *more),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.proves("S1-01", "S1-03", "S1-05", "S1-10", "S1-11", "S1-12")
def test_a_class_goes_from_its_spreadsheet_to_a_verified_acknowledgement(database_url, tmp_path):
    kept = _kept(database_url, tmp_path)
    told = ("--seed", str(MIXED_SEED))
    ended = run_demo(SAMPLES / "class-7A.xlsx", tmp_path / "home", *told, REGISTRY_DATABASE_URL=kept)
    assert ended.returncode == 0, ended.stderr[-3000:]
    said = json.loads(ended.stdout.splitlines()[-1])
    assert set(said) == KEYS
    assert said["students"] == 28
    shares = ("included", "refused", "conflict", "withdrawn", "not_required")
    assert sum(said[share] for share in shares) == said["students"]
    assert said["acknowledgement"] == "accepted"
    assert said["trail_verified"] is True
    assert said["acts"] > said["included"]
    assert min(said["included"], said["refused"], said["withdrawn"]) > 0
    made = acts_made(kept)
    kinds = {(means, kind) for means in ("code", "paper") for kind in ("given", "refused")}
    assert {*kinds, ("code", "withdrawn")} <= set(made)
    assert sum(made.values()) == said["acts"]


def acts_made(url: str) -> Counter[tuple[str, str]]:
    """Count the acts by means and kind."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = Counter(
            (row.means, row.kind) for row in connection.execute(select(acts.c.means, acts.c.kind))
        )
    engine.dispose()
    return found


def test_both_guardians_of_a_row_decide_and_who_differ_make_a_conflict_told_on_a_terminal_with_bars(tmp_path):
    file = tmp_path / "class-8A.xlsx"
    file.write_bytes(two_guardians_a_row())
    status, printed, drawn = on_a_terminal(words(file, tmp_path / "home", "--seed", str(DIFFERING_SEED)))
    assert status == 0, drawn[-3000:]
    said = json.loads(printed.splitlines()[-1])
    shares = ("included", "refused", "conflict", "withdrawn", "not_required")
    assert sum(said[share] for share in shares) == said["students"] == ROWS
    assert (said["conflict"], said["withdrawn"]) == (3, 1)
    assert said["guardians"] == 2 * (ROWS - 1)
    assert "Решения онлайн" in drawn
    assert "━" in drawn
    assert "\x1b[" in drawn
    assert "\x1b" not in printed


def on_a_terminal(command: list[str]) -> tuple[int, str, str]:
    """Run a command whose standard error is a terminal; give its status and what came on either side."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    seen: list[bytes] = []
    reader = threading.Thread(target=_read_to_the_end, args=(ours, seen))
    reader.start()
    ended = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=theirs, timeout=300, check=False
    )
    os.close(theirs)
    reader.join()
    os.close(ours)
    return ended.returncode, ended.stdout.decode(), b"".join(seen).decode(errors="replace")


def _read_to_the_end(terminal: int, seen: list[bytes]) -> None:
    try:
        while piece := os.read(terminal, 65_536):
            seen.append(piece)
    except OSError:  # a terminal ends so when nobody writes to it any more
        return


@pytest.mark.deep
@pytest.mark.parametrize("over", ["sftp", "mail", "folder"])
def test_the_message_goes_over_every_other_way_too(tmp_path, over):
    ended = run_demo(SAMPLES / "class-7A.xlsx", tmp_path / "home", "--over", over)
    assert ended.returncode == 0, ended.stderr[-3000:]
    said = json.loads(ended.stdout.splitlines()[-1])
    assert (said["acknowledgement"], said["trail_verified"]) == ("accepted", True)


def test_a_file_that_cannot_be_read_ends_the_demo_with_words_and_no_traceback(tmp_path):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    ended = run_demo(broken, tmp_path / "home")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip()


def _kept(database_url: str, tmp_path: Path) -> str:
    """A demo makes its own tables: on SQLite in its own new file, on PostgreSQL in the fresh database."""
    return database_url if "postgresql" in database_url else f"sqlite:///{tmp_path / 'demo.sqlite3'}"
