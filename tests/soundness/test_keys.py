import base64
import json
from pathlib import Path

import pytest

from registry.config import Settings, read_settings
from registry.keys.folder import set_certificate_apart
from registry.sealing.openpgp import OpenPgpSealer
from registry.soundness.check import find_faults


@pytest.fixture
def settings(production: dict[str, str]) -> Settings:
    return read_settings(production)


def named(settings: Settings) -> list[str]:
    return [Path(one.setting).name for one in find_faults(settings)]


SECRETS = {
    ".": "700",
    "ring.json": "600",
    "trail.json": "600",
    "seal.key": "600",
    "passphrase": "600",
    "sftp": "600",
    "inbox": "600",
    "openpgp": "700",
    "openpgp/private-keys-v1.d": "700",
    "openpgp/private-keys-v1.d/a.key": "600",
    "openpgp/openpgp-revocs.d/a.rev": "600",
    "revocations": "700",
    "revocations/a.asc": "600",
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("others", [0o040, 0o004])
def test_a_key_file_that_others_may_read_is_refused(settings: Settings, name: str, others: int) -> None:
    for one, mode in SECRETS.items():
        if not (settings.keys / one).exists():
            lay(settings.keys, one, folder=mode == "700")
    assert named(settings) == []
    path = settings.keys / name
    path.chmod(path.stat().st_mode | others)
    (fault,) = find_faults(settings)
    assert fault.setting == str(path)
    assert f"chmod {SECRETS[name]} " in fault.sentence


def lay(keys: Path, name: str, *, folder: bool) -> None:
    """Lay a file or a folder for its owner alone, with the folders above it."""
    path = keys / name
    for above in reversed(path.relative_to(keys).parents):
        (keys / above).mkdir(mode=0o700, exist_ok=True)
    if folder:
        path.mkdir(mode=0o700)
    else:
        path.touch(0o600)


def test_a_key_folder_as_the_registry_makes_it_is_open_to_nobody(settings: Settings) -> None:
    with OpenPgpSealer(settings.keys / "openpgp", settings.keys / "passphrase") as sealer:
        fingerprint = sealer.create_key("registry-test")
        set_certificate_apart(settings, sealer, fingerprint)
    assert list((settings.keys / "revocations").iterdir())
    assert list((settings.keys / "openpgp" / "private-keys-v1.d").iterdir())
    assert named(settings) == []


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
