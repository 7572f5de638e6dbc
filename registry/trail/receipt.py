"""Receipts: the registry's signed promise that an event will stand in the log by a certain time.

A signer keeps the receipt, so that an event suppressed before it entered the tree can be proved.
"""

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from registry.errors import N_, TamperedError
from registry.trail.merkle import HASH_SIZE
from registry.trail.note import Signer, Verifier, decode_base64, open_note, sign_note

KIND = "registry-receipt/v1"
MERGE_WITHIN = timedelta(hours=24)
"""How long the log may take; in practice a second, the rest is for outages."""

_LINES = 5


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says: the leaf of this hash stands in the log `origin` from `merge_by` on."""

    origin: str
    leaf_hash: bytes
    merge_by: datetime


def issue_receipt(signer: Signer, origin: str, leaf_hash: bytes, at: datetime) -> str:
    """Sign a receipt for a leaf written at this time."""
    merge_by = int((at + MERGE_WITHIN).timestamp())
    return sign_note(f"{KIND}\n{origin}\n{base64.b64encode(leaf_hash).decode()}\n{merge_by}\n", signer)


def open_receipt(note: str, verifiers: Collection[Verifier]) -> Receipt:
    """Read a receipt that a known key signed.

    Raises:
        TamperedError: it is not one, or not signed by a known key.
    """
    lines = open_note(note, verifiers).split("\n")
    if len(lines) != _LINES or lines[0] != KIND or not lines[3].isdecimal() or not lines[3].isascii():
        raise _malformed()
    try:
        leaf_hash = decode_base64(lines[2])
        merge_by = datetime.fromtimestamp(int(lines[3]), UTC)
    except (ValueError, OverflowError, OSError):
        raise _malformed() from None
    if len(leaf_hash) != HASH_SIZE:
        raise _malformed()
    return Receipt(lines[1], leaf_hash, merge_by)


def _malformed() -> TamperedError:
    return TamperedError(N_("Квитанция повреждена: её строение неверно."))
