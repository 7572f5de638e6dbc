"""What stands around the code: licence, pins, locks, and files that speak of this project only."""

import hashlib
import re

import pytest

from tests.guards.source import ROOT, tracked_files

LOCKS = ["requirements", "requirements-dev"]
PIN = re.compile(r"[a-zA-Z0-9_-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*")
# Written apart, so that this file does not find itself.
PLACES_OF_A_MACHINE = re.compile(
    "|".join(rf"/{name}/" for name in ("work", "root", "home/[a-z]+", "opt/wheels"))
)


def test_the_licence_is_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_pins_are_exact(name: str) -> None:
    lines = [line.strip() for line in (ROOT / f"{name}.in").read_text().splitlines()]
    wanted = [line for line in lines if line and not line.startswith(("#", "-c "))]
    assert wanted
    assert not [line for line in wanted if not PIN.fullmatch(line)]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_was_made_from_the_present_pins(name: str) -> None:
    digest = hashlib.sha256((ROOT / f"{name}.in").read_bytes()).hexdigest()
    assert f"# sha256 of {name}.in: {digest}\n" in (ROOT / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_packages_by_hash_and_no_place(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()
    packages = re.findall(r"^[a-z0-9].*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*", text, re.MULTILINE)
    assert all("--hash=sha256:" in package for package in packages)
    assert not re.search(
        r"://|file:|^\s*-(?:i|f|e)\b|--(?:extra-)?index|--find-links| @ ", text, re.MULTILINE
    )


def test_no_file_names_a_place_of_somebodys_machine() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if "\0" not in text and PLACES_OF_A_MACHINE.search(text):
            found.append(path.relative_to(ROOT).as_posix())
    assert not found
