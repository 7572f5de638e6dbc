"""Public keys as they are handed over: what one says of itself, and checks against exactly some of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from registry.errors import N_, TamperedError
from registry.sealing.gnupg_home import Lines, run_in
from registry.sealing.packets import signature_packet
from registry.sealing.sealer import Expected, Signed
from registry.sealing.status import judge_detached

LONGEST = 65_536
_SECRET_KEYS_READ = 9
"""Place of the count of secret keys in gpg's IMPORT_RES line."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a public key says of itself.

    Attributes:
        expires_at: none when it never does.
        complete: whether it can sign and something can be encrypted to it.
    """

    fingerprint: str
    created_at: datetime
    expires_at: datetime | None
    revoked: bool
    complete: bool


def read_public_key(data: bytes) -> PublicKey:
    """Read one public key in a home of its own; nothing is kept.

    Raises:
        TamperedError: it is no key, more than one, or a secret one.
    """
    if len(data) > LONGEST:
        raise _unreadable()
    with TemporaryDirectory(prefix="key-") as folder:
        gpg = run_in(Path(folder), [], "--no-autostart")
        read: Lines = gpg.import_keys(data)
        listed = gpg.list_keys()
    if len(listed) != 1 or read.word("IMPORT_RES", _SECRET_KEYS_READ) != "0":
        raise _unreadable()
    said = listed[0]
    return PublicKey(
        fingerprint=said["fingerprint"],
        created_at=datetime.fromtimestamp(int(said["date"]), UTC),
        expires_at=datetime.fromtimestamp(int(said["expires"]), UTC) if said["expires"] else None,
        revoked=said["trust"] == "r",
        complete={"E", "S"} <= set(said["cap"]),
    )


def verify_kept(key: bytes, data: bytes, signature: bytes, expected: Expected) -> Signed:
    """Verify what was accepted long ago as it was then: gpg's clock is set to the expected time.

    Raises:
        TamperedError: as below.
    """
    then = f"--faked-system-time={int(expected.now.timestamp())}"
    return verify_against(key, data, signature, expected, then)


def verify_against(keys: bytes, data: bytes, signature: bytes, expected: Expected, *options: str) -> Signed:
    """Demand one detached signature of the expected over `data`, where gpg sees `keys` and no other key.

    Raises:
        TamperedError: anything else.
    """
    packet = signature_packet(signature)
    with TemporaryDirectory(prefix="verify-") as folder:
        home = Path(folder)
        (home / "expected.gpg").write_bytes(keys)
        (home / "signature").write_bytes(packet)
        gpg = run_in(home, [home / "expected.gpg"], "--no-autostart", *options)
        run: Lines = gpg.verify_data(str(home / "signature"), data)
    return judge_detached(run.lines, expected)


def with_revocation(public_key: bytes, certificate: bytes) -> bytes:
    """Put a revocation certificate into the public key that it is of; no secret half is needed for it.

    Raises:
        TamperedError: it is of another key, or no revocation.
    """
    with TemporaryDirectory(prefix="key-") as folder:
        gpg = run_in(Path(folder), [], "--no-autostart")
        read: Lines = gpg.import_keys(public_key)
        gpg.import_keys(certificate)
        revoked = str(gpg.export_keys(read.word("IMPORT_OK", 1), minimal=True)).encode("ascii")
    if not read_public_key(revoked).revoked:
        raise TamperedError(N_("Сертификат отзыва не подошёл к этому ключу."), code="revocation-foreign")
    return revoked


def without_armor(public_key: bytes) -> bytes:
    """Turn one ASCII-armored public key into the bytes of a keyring."""
    with TemporaryDirectory(prefix="key-") as folder:
        gpg = run_in(Path(folder), [], "--no-autostart")
        read: Lines = gpg.import_keys(public_key)
        return bytes(gpg.export_keys(read.word("IMPORT_OK", 1), armor=False, minimal=True))


def _unreadable() -> TamperedError:
    return TamperedError(
        N_("Открытый ключ не читается: нужен ровно один открытый ключ OpenPGP и ничего кроме него."),
        code="key-unreadable",
    )
