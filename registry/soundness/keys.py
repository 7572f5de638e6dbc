"""Key files: nobody else may read them, and what is in them was drawn at random."""

import base64
import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from registry.config import Settings
from registry.errors import N_, SettingsError
from registry.soundness.faults import Fault
from registry.storage.guessing import is_made_up, is_weak
from registry.storage.keyring import KeyRing
from registry.trail.keys import TrailKeys

PASSPHRASE: Final = "passphrase"  # noqa: S105 - the file's name
SECRET: Final = (
    "ring.json",
    "trail.json",
    "seal.key",
    PASSPHRASE,
    "openpgp",
    "openpgp/private-keys-v1.d",
    "openpgp/private-keys-v1.d/*",
    "openpgp/openpgp-revocs.d",
    "openpgp/openpgp-revocs.d/*",
    "revocations",
    "revocations/*",
    "sftp",
    "inbox",
)
"""What nobody else may read, as patterns; beside it lie locks, and public halves that `gpg` lets be read."""
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def key_faults(settings: Settings) -> Iterator[Fault]:
    """Judge the key folder; what is not there yet is no fault, the set-up makes it."""
    if settings.keys.exists():
        yield from _open_to_others(settings.keys)
        yield from _ring(settings.keys)
        yield from _trail(settings)
        yield from _passphrase(settings.keys / PASSPHRASE)


def _open_to_others(folder: Path) -> Iterator[Fault]:
    for path in (folder, *(path for pattern in SECRET for path in sorted(folder.glob(pattern)))):
        if path.stat().st_mode & OTHERS:
            yield Fault(
                str(path),
                N_("Ключи доступны другим пользователям машины: chmod %(mode)s %(path)s"),
                {"mode": "700" if path.is_dir() else "600", "path": path},
            )


def _ring(folder: Path) -> Iterator[Fault]:
    path = folder / "ring.json"
    if not path.exists():
        return
    try:
        ring = KeyRing.load(folder)
    except SettingsError as error:
        yield Fault(str(path), error.text, dict(error.values))
        return
    keys = {f"master {version}": key for version, key in ring.masters.items()} | {"index": ring.index}
    yield from _drawn(path, keys)


def _trail(settings: Settings) -> Iterator[Fault]:
    path = settings.keys / "trail.json"
    if not path.exists():
        return
    try:
        TrailKeys.load(settings.keys, settings.origin)
        said = json.loads(path.read_text())
    except SettingsError as error:
        yield Fault(str(path), error.text, dict(error.values))
        return
    yield from _drawn(path, {name: base64.b64decode(said[name]) for name in ("checkpoint", "receipt")})


def _drawn(path: Path, keys: Mapping[str, bytes]) -> Iterator[Fault]:
    for name, key in keys.items():
        if is_made_up(key) or list(keys.values()).count(key) > 1:
            yield Fault(
                f"{path} ({name})",
                N_("Ключ не случаен или стоит дважды: это образец. Создайте ключи командой install."),
            )


def _passphrase(file: Path) -> Iterator[Fault]:
    if file.exists() and is_weak(file.read_text(errors="replace").strip()):
        yield Fault(
            str(file),
            N_("Пароль ключа OpenPGP короткий или угадывается: задайте случайный, не короче 16 знаков."),
        )
