"""The shape of a receiver's signed answer; whether its signature holds is the sealing room's business."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from registry.errors import N_, TamperedError

MAX_BYTES = 65_536
MAX_REASONS = 100
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[a-z0-9_-]{1,60}")
_KEYS = {"message_id", "message_sha256", "verdict", "reasons", "at", "platform"}


class Verdict(StrEnum):
    """The receiver's decision about one message."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The answer as it came: the exact bytes that are signed, and the signature."""

    acknowledgement: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message was rejected; `entry_id` names the student's entry where one is meant."""

    code: str
    text: str
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A receiver's decision; to be trusted only after the signature over its bytes was verified."""

    message_id: UUID
    message_sha256: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    at: datetime
    platform: str


def read_envelope(body: bytes) -> Envelope:
    """Split an answer into the signed bytes and the signature.

    Raises:
        TamperedError: the answer has another shape.
    """
    said = _object(body, {"acknowledgement", "signature"})
    try:
        signed = base64.b64decode(_text(said["acknowledgement"]), validate=True)
        return Envelope(acknowledgement=signed, signature=_text(said["signature"]).encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        raise _unreadable() from None


def read_acknowledgement(signed: bytes) -> Acknowledgement:
    """Read the signed bytes.

    Raises:
        TamperedError: a missing, unknown or ill-typed value.
    """
    said = _object(signed, _KEYS)
    reasons = said["reasons"]
    if not isinstance(reasons, list) or len(reasons) > MAX_REASONS:
        raise _unreadable()
    try:
        verdict = Verdict(_text(said["verdict"]))
    except ValueError:
        raise _unreadable() from None
    if (verdict is Verdict.ACCEPTED) == bool(reasons):
        raise _unreadable()
    return Acknowledgement(
        message_id=_uuid(said["message_id"]),
        message_sha256=_matching(_DIGEST, said["message_sha256"]),
        verdict=verdict,
        reasons=tuple(_reason(reason) for reason in reasons),
        at=_time(said["at"]),
        platform=_text(said["platform"]),
    )


def _reason(said: object) -> Reason:
    if not isinstance(said, dict) or set(said) != {"code", "text", "entry_id"}:
        raise _unreadable()
    entry = said["entry_id"]
    return Reason(
        code=_matching(_CODE, said["code"]),
        text=_text(said["text"]),
        entry_id=None if entry is None else _uuid(entry),
    )


def _object(data: bytes, keys: set[str]) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _unreadable()
    try:
        said = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(said, dict) or set(said) != keys:
        raise _unreadable()
    return said


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A repeated key could show one reader "accepted" and another "rejected"."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("repeated key")
    return dict(pairs)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _unreadable()
    return value


def _matching(pattern: re.Pattern[str], value: object) -> str:
    text = _text(value)
    if not pattern.fullmatch(text):
        raise _unreadable()
    return text


def _uuid(value: object) -> UUID:
    try:
        return UUID(_text(value))
    except ValueError:
        raise _unreadable() from None


def _time(value: object) -> datetime:
    text = _text(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable() from None
    if not text.endswith("Z"):
        raise _unreadable()
    return moment.astimezone(UTC)


def _unreadable() -> TamperedError:
    return TamperedError(
        N_("Подтверждение приёма не читается: его вид не тот, о котором договорено. Запросите его ещё раз."),
        code="acknowledgement-shape",
    )
