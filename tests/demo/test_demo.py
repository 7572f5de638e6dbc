"""The whole way of one file, on real servers, as `make demo` goes it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def run_demo(
    file: Path, home: Path, over: str = "https", **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "registry", "demo", str(file), "--home", str(home), "--json"]
    command += ["--over", over]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.proves("S1-01", "S1-03", "S1-05", "S1-10", "S1-11", "S1-12")
def test_a_class_goes_from_its_spreadsheet_to_a_verified_acknowledgement(database_url, tmp_path):
    kept = _kept(database_url, tmp_path)
    ended = run_demo(SAMPLES / "class-7A.xlsx", tmp_path / "home", REGISTRY_DATABASE_URL=kept)
    assert ended.returncode == 0, ended.stderr[-3000:]
    said = json.loads(ended.stdout.splitlines()[-1])
    assert set(said) == KEYS
    assert said["students"] == 28
    shares = ("included", "refused", "conflict", "withdrawn", "not_required")
    assert sum(said[share] for share in shares) == said["students"]
    assert said["acknowledgement"] == "accepted"
    assert said["trail_verified"] is True
    assert said["acts"] > said["included"]


@pytest.mark.deep
@pytest.mark.parametrize("over", ["sftp", "mail", "folder"])
def test_the_message_goes_over_every_other_way_too(tmp_path, over):
    ended = run_demo(SAMPLES / "class-7A.xlsx", tmp_path / "home", over)
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
