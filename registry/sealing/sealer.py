"""The one interface of the room: what a sealer can do, in values that name no OpenPGP tool."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Protocol

FUTURE = timedelta(minutes=5)
"""How far a signature's time may lie ahead of our clock: two honest clocks differ by less."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who signs and who can open; both full fingerprints, 40 upper-case hexadecimal digits."""

    signer: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A key that the same signer used before: it counts for what it signed up to a moment."""

    fingerprint: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """What a signature must be to count.

    Attributes:
        signer: full fingerprint of the primary key that must have signed; pinned before.
        now: aware UTC time against which the signature's own time is held.
        max_age: oldest signature that still counts.
        earlier: keys of the same signer that count only for what they signed in their time.
        barred: keys of the same signer that never count any more; known, so that they are refused by name.
    """

    signer: str
    now: datetime
    max_age: timedelta
    earlier: tuple[Earlier, ...] = ()
    barred: tuple[str, ...] = ()

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Every key that the check must know, the expected one first."""
        known = (self.signer, *(one.fingerprint for one in self.earlier), *self.barred)
        return tuple(dict.fromkeys(known))


@dataclass(frozen=True, slots=True)
class Signed:
    """The fact that one valid signature of the expected key stands."""

    signer: str
    signed_at: datetime


class Sealer(Protocol):
    """Signs, seals, opens and checks with keys of one purpose that never leave it.

    Every method raises TamperedError where evidence does not hold, UnavailableError where the tool
    fails, SettingsError where a key or its passphrase is missing.
    """

    def create_key(self, owner: str, valid_for: timedelta) -> str:
        """Make signing and encryption keys for `owner` (an id, no person's name); give the fingerprint."""

    def export_public(self, fingerprint: str) -> bytes:
        """The public half of an own key, ASCII-armored."""

    def pin(self, public_key: bytes, fingerprint: str) -> None:
        """Remember a partner's public key, which must have exactly this fingerprint."""

    def seal(self, source: BinaryIO, target: Path, parties: Parties) -> None:
        """Sign `source` and encrypt it into the new file `target`, streaming."""

    def open_sealed(self, source: Path, target: BinaryIO, expected: Expected) -> Signed:
        """Decrypt `source` into `target` and demand one signature; on failure `target` is emptied."""

    def sign_detached(self, data: bytes, signer: str) -> bytes:
        """An ASCII-armored detached signature over `data`."""

    def verify_detached(self, data: bytes, signature: bytes, expected: Expected) -> Signed:
        """Demand that `signature` is one detached signature of the expected key over `data`."""

    def close(self) -> None:
        """Stop what runs in the background; the keys stay."""


def seal_bytes(sealer: Sealer, data: bytes, parties: Parties) -> bytes:
    """Seal a message that fits into memory; only sealed bytes touch the disk."""
    with TemporaryDirectory(prefix="seal-") as folder:
        target = Path(folder, "message")
        sealer.seal(BytesIO(data), target, parties)
        return target.read_bytes()


def open_bytes(sealer: Sealer, sealed: bytes, expected: Expected) -> tuple[bytes, Signed]:
    """Open a message that fits into memory; what was inside never touches the disk."""
    opened = BytesIO()
    with TemporaryDirectory(prefix="seal-") as folder:
        source = Path(folder, "message")
        source.write_bytes(sealed)
        signed = sealer.open_sealed(source, opened, expected)
    return opened.getvalue(), signed
