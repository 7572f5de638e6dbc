"""The key folder: secret halves, pinned keys, revocation certificates; the worker and commands open it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.config import Settings
from registry.errors import N_, SettingsError
from registry.keys.rules import Key
from registry.keys.statement import make_statement
from registry.keys.usecases import Made
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.public_keys import read_public_key
from registry.storage.small_files import sync_folder
from registry.work import Registry


@contextmanager
def opened(settings: Settings) -> Iterator[OpenPgpSealer]:
    """Open the sealer over the key folder."""
    with OpenPgpSealer(settings.keys / "openpgp", settings.keys / "passphrase") as sealer:
        yield sealer


def make_own(registry: Registry, key: Key, old: Key | None) -> Made:
    """Make an ordered key, or find the one that was made before its process died.

    The order's id stands in the key as its owner's name, so the same order never makes two.

    Args:
        registry: the running registry.
        key: the order.
        old: the key in whose place it comes, if that one may still sign.
    """
    settings = registry.settings
    with opened(settings) as sealer:
        if not any((settings.keys / "openpgp" / "private-keys-v1.d").glob("*")):
            # Beside keys whose passphrase is missing a new one would lock them for ever.
            create_passphrase(settings.keys / "passphrase")
        with _one_at_a_time(settings.keys / "openpgp" / "making"):
            name = f"registry-{key.id}"
            fingerprint = sealer.find_own(name) or sealer.create_key(name)
        set_certificate_apart(settings, sealer, fingerprint)
        public_key = sealer.export_public(fingerprint)
        statement = make_statement(sealer, old, fingerprint, registry.now()) if old else None
    return Made(read_public_key(public_key), public_key.decode("ascii"), statement)


def set_certificate_apart(settings: Settings, sealer: OpenPgpSealer, fingerprint: str) -> None:
    """Move the revocation certificate out of gpg's folder; one that was set apart before stays as it is."""
    apart = certificate_file(settings, fingerprint)
    if not apart.exists():
        _put_aside(apart, sealer.revocation_of(fingerprint))
    (settings.keys / "openpgp" / "openpgp-revocs.d" / f"{fingerprint}.rev").unlink(missing_ok=True)


def certificate_file(settings: Settings, fingerprint: str) -> Path:
    """Where a revocation certificate lies until it is taken to a place of its own."""
    return settings.keys / "revocations" / f"{fingerprint}.asc"


def read_certificate(settings: Settings, fingerprint: str) -> bytes:
    """Read a revocation certificate.

    Raises:
        SettingsError: it was taken away; says how to bring it back.
    """
    try:
        return certificate_file(settings, fingerprint).read_bytes()
    except OSError as error:
        raise SettingsError(
            N_(
                "Сертификата отзыва в папке keys/revocations нет. Ключ уже не применяется; верните файл "
                "%(file)s на место и выполните keys revoke ещё раз."
            ),
            code="no-certificate",
            file=certificate_file(settings, fingerprint).name,
        ) from error


def bring_back(settings: Settings, fingerprint: str, certificate: bytes) -> None:
    """Put a revocation certificate back that was kept in a place of its own."""
    _put_aside(certificate_file(settings, fingerprint), certificate)


@contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put_aside(file: Path, certificate: bytes) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened_part:
        opened_part.write(certificate)
        opened_part.flush()
        os.fsync(opened_part.fileno())
    part.replace(file)
    # gpg's own copy is removed next: this one has to outlive a machine that loses its power then.
    sync_folder(file.parent)
