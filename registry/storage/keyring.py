"""The key ring: master keys and the index key, in files outside the database."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from registry.errors import N_, ConflictError, SettingsError
from registry.storage.small_files import write_new, write_over

KEY_BYTES = 32
FILE: Final = "ring.json"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys by version, the version that seals now, and the key of the blind index.

    A version above the one that seals is known already and used by nobody: so every process can open what
    the first of them will seal with it. The index key has no versions: every person's identifiers are looked
    up under the same one.
    """

    current: int
    masters: Mapping[int, bytes]
    index: bytes

    @classmethod
    def create(cls, folder: Path) -> "KeyRing":
        """Make a first ring in `folder` (0700); refuses to replace one."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ring = cls(1, {1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))
        write_new(folder / FILE, _written(ring))
        return ring

    @classmethod
    def load(cls, folder: Path) -> "KeyRing":
        """Read the ring of an installation.

        Raises:
            SettingsError: there is none, or the file is damaged.
        """
        path = folder / FILE
        try:
            said = json.loads(path.read_text())
            masters = {int(version): _key(text) for version, text in said["masters"].items()}
            ring = cls(int(said["current"]), masters, _key(said["index"]))
        except FileNotFoundError:
            raise SettingsError(
                N_(
                    "Связка ключей не найдена: %(path)s. Если установка новая, запустите сначала"
                    " python -m registry install; если нет, восстановите keys/ из резервной копии."
                ),
                path=path,
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SettingsError(
                N_("Связка ключей повреждена: %(path)s. Восстановите её из резервной копии."), path=path
            ) from None
        if ring.current not in ring.masters:
            raise SettingsError(N_("В связке %(path)s нет текущего ключа."), path=path)
        return ring

    @property
    def newest(self) -> int:
        """The newest version, whether it seals already or is only known."""
        return max(self.masters)

    def with_new_version(self) -> "KeyRing":
        """Add a version that is known and does not seal yet."""
        masters = {**self.masters, self.newest + 1: secrets.token_bytes(KEY_BYTES)}
        return replace(self, masters=masters)

    def sealing_with(self, version: int) -> "KeyRing":
        """Seal with a known version from now on."""
        return replace(self, current=version)

    def without(self, versions: Collection[int]) -> "KeyRing":
        """Drop versions; never the one that seals."""
        kept = {one: key for one, key in self.masters.items() if one == self.current or one not in versions}
        return replace(self, masters=kept)

    def write_over(self, folder: Path) -> None:
        """Put this ring in the place of the one in `folder`: a crash leaves the one or the other, whole."""
        write_over(folder / FILE, _written(self))


class RingFile:
    """The file of the ring, as a process that runs for long looks at it from time to time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._mark()

    def changed(self) -> KeyRing | None:
        """Read the ring if its file is another one than at the last look; None when it is not, or away.

        A file that cannot be read just now is no reason to stop: the ring in memory still opens everything.
        """
        mark = self._mark()
        if mark is None or mark == self._seen:
            return None
        try:
            ring = KeyRing.load(self._folder)
        except (SettingsError, OSError):
            return None
        self._seen = mark
        return ring

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            said = (self._folder / FILE).stat()
        except OSError:
            return None
        return said.st_mtime_ns, said.st_ino, said.st_size


@contextmanager
def holding_ring(folder: Path) -> Iterator[None]:
    """Let nobody else on this machine change the ring inside the block; a dead holder's lock is free.

    Raises:
        ConflictError: somebody changes it just now.
    """
    descriptor = os.open(folder / "ring.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConflictError(N_("Ключи данных уже меняет другая команда: дождитесь её конца.")) from None
    finally:
        os.close(descriptor)


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        message = "a key of the ring has a wrong length"
        raise ValueError(message)
    return key


def _written(ring: KeyRing) -> str:
    said = {
        "current": ring.current,
        "masters": {str(version): base64.b64encode(key).decode() for version, key in ring.masters.items()},
        "index": base64.b64encode(ring.index).decode(),
    }
    return json.dumps(said)
