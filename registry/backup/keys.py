"""The key folder as one sealed file: AES-256-GCM under a key that scrypt makes of a passphrase.

The file: a line that names the format, a line of JSON with scrypt's numbers, salt and nonce, then the sealed
JSON of all key files (path -> mode and base64). The two lines are authenticated with the rest.
"""

import base64
import hmac
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from registry.backup.folders import plain_files, write_file
from registry.errors import N_, InvalidError
from registry.storage.guessing import SHORTEST, is_weak
from registry.storage.keyring import KeyRing

FILE: Final = "keys.sealed"
FORMAT: Final = b"registry-keys/v1\n"
COST: Final = {"n": 2**17, "r": 8, "p": 1}
"""128 MiB and a good part of a second for each guess."""
MOST_COST: Final = 2**20


def demand_strong(passphrase: str) -> None:
    """Refuse a passphrase that somebody would guess.

    Raises:
        InvalidError: it is one.
    """
    if is_weak(passphrase):
        raise InvalidError(
            N_("Пароль копии ключей короткий или угадывается: нужно не меньше %(least)s знаков."),
            least=SHORTEST,
        )


def seal_keys(folder: Path, passphrase: str) -> bytes:
    """Seal a key folder.

    Raises:
        InvalidError: the passphrase could be guessed.
    """
    demand_strong(passphrase)
    files = {
        name: {
            "mode": stat.S_IMODE(path.stat().st_mode),
            "data": base64.b64encode(path.read_bytes()).decode(),
        }
        for name, path in plain_files(folder).items()
        if not path.name.startswith(".#") and path.suffix != ".lock"
    }
    salt, nonce = os.urandom(16), os.urandom(12)
    said = {**COST, "salt": base64.b64encode(salt).decode(), "nonce": base64.b64encode(nonce).decode()}
    head = FORMAT + json.dumps(said).encode() + b"\n"
    return head + _cipher(said, passphrase).encrypt(nonce, json.dumps(files).encode(), head)


def open_keys(path: Path, passphrase: str) -> dict[str, tuple[int, bytes]]:
    """Open a sealed key folder: path -> mode and content.

    Raises:
        InvalidError: the passphrase is wrong, or the file damaged.
    """
    data = path.read_bytes()
    if not data.startswith(FORMAT):
        raise InvalidError(N_("Файл %(path)s — не копия ключей."), path=path)
    end = data.find(b"\n", len(FORMAT)) + 1
    head, sealed = data[:end], data[end:]
    try:
        said = json.loads(head[len(FORMAT) :])
        nonce = base64.b64decode(said["nonce"])
        files = json.loads(_cipher(said, passphrase).decrypt(nonce, sealed, head))
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise InvalidError(
            N_("Копия ключей %(path)s не открывается: пароль не тот или файл повреждён."), path=path
        ) from None
    return {name: (one["mode"], base64.b64decode(one["data"])) for name, one in files.items()}


def write_keys(folder: Path, files: Mapping[str, tuple[int, bytes]]) -> None:
    """Write opened keys into a new key folder."""
    folder.mkdir(mode=0o700, parents=True)
    for name, (mode, data) in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InvalidError(N_("В копии ключей стоит чужой путь: %(path)s."), path=name)
        write_file(path, data)
        path.chmod(mode & 0o700)


def ring_mark(ring: KeyRing) -> str:
    """Mark of a key ring: the same for all its versions, and of no use to find a key."""
    return hmac.digest(ring.index, b"registry-backup", "sha256").hex()[:32]


def _cipher(said: Mapping[str, Any], passphrase: str) -> AESGCM:
    n, r, p = (int(said[name]) for name in ("n", "r", "p"))
    if n * r * p > MOST_COST * COST["r"]:
        message = "scrypt's numbers would take more memory than any copy of ours"
        raise ValueError(message)
    kdf = Scrypt(base64.b64decode(said["salt"]), 32, n, r, p)
    return AESGCM(kdf.derive(passphrase.encode()))
