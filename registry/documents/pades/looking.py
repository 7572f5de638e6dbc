"""Looking at a stranger's PDF without trusting it: a child process opens it, this side listens."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registry.documents.apart import ask_apart
from registry.documents.pades.seen import NOTHING, Level, Seen
from registry.errors import N_, TooLargeError

_MIB: Final = 1 << 20
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
    told = {
        "ours": _pem(ours),
        "authorities": _pem(authorities),
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    answer = ask_apart("registry.documents.pades.child", told, data, limits.patience)
    return read_seen(answer) if answer else NOTHING


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
