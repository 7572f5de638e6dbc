"""Two real GnuPG homes: a school that signs and a platform that opens."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.sealer import Expected, Parties


@dataclass(frozen=True, slots=True)
class Side:
    """One organisation: its sealer, its key, and raw gpg over the same home for making bad things."""

    sealer: OpenPgpSealer
    key: str
    home: Path
    passphrase_file: Path

    def gpg(self, *arguments: str, data: bytes = b"") -> bytes:
        secret = ["--pinentry-mode", "loopback", "--passphrase-file", str(self.passphrase_file)]
        common = ["--batch", "--yes", "--homedir", str(self.home), "--trust-model", "always", *secret]
        run = subprocess.run(
            ["gpg", *common, *arguments], input=data, capture_output=True, check=True, timeout=60
        )
        return run.stdout


NewSide = Callable[[str], Side]


def make_side(folder: Path, owner: str) -> Side:
    file = folder / f"{owner}.passphrase"
    create_passphrase(file)
    sealer = OpenPgpSealer(folder / owner, file)
    return Side(sealer, sealer.create_key(owner), folder / owner, file)


@pytest.fixture(scope="session")
def new_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewSide]:
    made: list[Side] = []

    def new(owner: str) -> Side:
        made.append(make_side(tmp_path_factory.mktemp("s"), owner))
        return made[-1]

    yield new
    for side in made:
        side.sealer.close()


@pytest.fixture(scope="session")
def platform(new_side: NewSide) -> Side:
    return new_side("platform")


@pytest.fixture(scope="session")
def school(new_side: NewSide, platform: Side) -> Side:
    side = new_side("school")
    side.sealer.pin(platform.sealer.export_public(platform.key), platform.key)
    platform.sealer.pin(side.sealer.export_public(side.key), side.key)
    return side


@pytest.fixture
def parties(school: Side, platform: Side) -> Parties:
    return Parties(signer=school.key, recipient=platform.key)


def expect(signer: str, shift: timedelta = timedelta()) -> Expected:
    return Expected(signer=signer, now=datetime.now(UTC) + shift, max_age=timedelta(hours=72))


@pytest.fixture
def from_school(school: Side) -> Expected:
    return expect(school.key)
