"""The key ring: master keys and the index key, in files outside the database."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.errors import N_, SettingsError
from registry.storage.small_files import write_new

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys by version, the version that seals now, and the key of the blind index.

    The index key has no versions: every person's identifiers are looked up under the same one.
    """

    current: int
    masters: Mapping[int, bytes]
    index: bytes

    @classmethod
    def create(cls, folder: Path) -> "KeyRing":
        """Make a first ring in `folder` (0700); refuses to replace one."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ring = cls(1, {1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))
        _write(folder / "ring.json", ring)
        return ring

    @classmethod
    def load(cls, folder: Path) -> "KeyRing":
        """Read the ring of an installation.

        Raises:
            SettingsError: there is none, or the file is damaged.
        """
        path = folder / "ring.json"
        try:
            said = json.loads(path.read_text())
            masters = {int(version): _key(text) for version, text in said["masters"].items()}
            ring = cls(int(said["current"]), masters, _key(said["index"]))
        except FileNotFoundError:
            raise SettingsError(
                N_("Связка ключей не найдена: %(path)s. Восстановите её из резервной копии."), path=path
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SettingsError(
                N_("Связка ключей повреждена: %(path)s. Восстановите её из резервной копии."), path=path
            ) from None
        if ring.current not in ring.masters:
            raise SettingsError(N_("В связке %(path)s нет текущего ключа."), path=path)
        return ring


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        message = "a key of the ring has a wrong length"
        raise ValueError(message)
    return key


def _write(path: Path, ring: KeyRing) -> None:
    """Write the ring so that a crash leaves either no file or a whole one."""
    said = {
        "current": ring.current,
        "masters": {str(version): base64.b64encode(key).decode() for version, key in ring.masters.items()},
        "index": base64.b64encode(ring.index).decode(),
    }
    write_new(path, json.dumps(said))
