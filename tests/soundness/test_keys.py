import base64
import json
from pathlib import Path

import pytest

from registry.config import Settings, read_settings
from registry.soundness.check import find_faults


@pytest.fixture
def settings(production: dict[str, str]) -> Settings:
    return read_settings(production)


def named(settings: Settings) -> list[str]:
    return [Path(one.setting).name for one in find_faults(settings)]


@pytest.mark.parametrize("name", ["ring.json", "trail.json", "passphrase", "."])
def test_a_key_file_that_others_may_read_is_refused(settings: Settings, name: str) -> None:
    path = settings.keys / name
    path.chmod(path.stat().st_mode | 0o040)
    (fault,) = find_faults(settings)
    assert fault.setting == str(path)
    assert f"chmod {'700' if name == '.' else '600'}" in fault.sentence


def put(path: Path, **changed: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def key(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "data",
    [bytes(32), b"this is a key that somebody type", bytes(range(8)) * 4],
    ids=["zeros", "text", "pattern"],
)
def test_a_key_that_was_made_up_is_refused(settings: Settings, data: bytes) -> None:
    put(settings.keys / "ring.json", index=key(data))
    assert named(settings) == ["ring.json (index)"]
    put(settings.keys / "trail.json", checkpoint=key(data))
    assert named(settings) == ["ring.json (index)", "trail.json (checkpoint)"]


def test_a_key_that_serves_two_purposes_is_refused(settings: Settings) -> None:
    said = json.loads((settings.keys / "trail.json").read_text())
    put(settings.keys / "trail.json", receipt=said["checkpoint"])
    assert named(settings) == ["trail.json (checkpoint)", "trail.json (receipt)"]


def test_a_damaged_ring_is_named_like_the_other_causes(settings: Settings) -> None:
    (settings.keys / "ring.json").write_text("{}")
    (settings.keys / "passphrase").write_text("changeme")
    assert named(settings) == ["ring.json", "passphrase"]


@pytest.mark.parametrize("text", ["", "short", "aaaaaaaaaaaaaaaaaaaaaaaa", "passwordpasswordpassword1"])
def test_a_passphrase_that_somebody_guesses_is_refused(settings: Settings, text: str) -> None:
    (settings.keys / "passphrase").write_text(text)
    assert named(settings) == ["passphrase"]
