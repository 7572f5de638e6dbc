"""The set-up says in plain words what a machine lacks."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.guards.source import ROOT


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A PATH with the shell's own tools, an ordinary user, and nothing that the registry needs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "sort", "ls"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    (programs / "id").write_text("#!/usr/bin/env bash\necho 1000\n")
    (programs / "id").chmod(0o755)
    return programs


def test_an_ordinary_user_is_told_what_is_missing_and_how_to_install_it(bare_machine: Path) -> None:
    said = subprocess.run(
        [ROOT / "scripts" / "setup", "run"],
        env={"PATH": str(bare_machine)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "gpg and gpg-agent: messages to the platforms are signed and encrypted" in said.stderr
    command = "sudo apt-get install -y --no-install-recommends python3 python3-venv gnupg"
    assert said.stderr.splitlines()[-1].strip() == command


def test_make_alone_lists_every_command() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    said = subprocess.run(["make", "--silent"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in said.stdout.splitlines()] == targets
