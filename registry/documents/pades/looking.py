"""Looking at a stranger's PDF without trusting it: a child process opens it, this side listens."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registry.documents.pades.seen import NOTHING, Level, Seen
from registry.errors import N_, TooLargeError

_MIB: Final = 1 << 20
_PROJECT: Final = Path(__file__).parents[3]
_CHILD: Final = (
    "import sys; sys.path.append(sys.argv.pop()); from registry.documents.pades import child; child.main()"
)
MOST_BYTES: Final = 5 * _MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one look may cost: bytes of memory, processor seconds, and seconds of waiting."""

    memory: int = 512 * _MIB
    seconds: int = 10
    patience: int = 30


LIMITS: Final = Limits()


def look_apart(
    data: bytes,
    ours: Sequence[x509.Certificate],
    authorities: Sequence[x509.Certificate],
    limits: Limits = LIMITS,
) -> Seen:
    """Look at the seal of a file that anybody may have made; as `checking.look`, in a process of its own.

    Raises:
        TooLargeError: it is larger than any document of the registry.
    """
    if len(data) > MOST_BYTES:
        raise TooLargeError(
            N_("Файл больше %(limit)s МБ: документы реестра такими не бывают."), limit=MOST_BYTES // _MIB
        )
    said = json.dumps(
        {
            "ours": _pem(ours),
            "authorities": _pem(authorities),
            "memory": limits.memory,
            "seconds": limits.seconds,
        }
    )
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with numbers and certificates for arguments
            [sys.executable, "-I", "-c", _CHILD, said, str(_PROJECT)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=limits.patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return NOTHING
    return read_seen(done.stdout) if done.returncode == 0 else NOTHING


def write_seen(seen: Seen) -> bytes:
    """Write what was seen as one line, for the way back from the child."""
    times = [None if one is None else one.isoformat() for one in (seen.sealed_at, seen.stamped_at)]
    return json.dumps([seen.fingerprint, seen.sound, seen.level, *times]).encode()


def read_seen(line: bytes) -> Seen:
    """Read what the child saw."""
    fingerprint, sound, level, *times = json.loads(line)
    sealed, stamped = (None if one is None else datetime.fromisoformat(one) for one in times)
    return Seen(fingerprint, bool(sound), None if level is None else Level(level), sealed, stamped)


def _pem(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)
