"""The manifest: whose message this is, for whom, of what kind, and what it must contain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from registry.errors import N_
from registry.sandbox.platform.inspect.archive import MANIFEST, REGISTRY, WITHDRAWN
from registry.sandbox.platform.inspect.canonical import read_object
from registry.sandbox.platform.inspect.findings import Findings, refuse, uuid_of
from registry.sandbox.platform.inspect.parts import check_parts

SCHEMA = "1"
MAX_AGE = timedelta(hours=72)
FUTURE = timedelta(minutes=5)

_KEYS = {
    "schema_version",
    "message_id",
    "kind",
    "corrects",
    "previous_message_sha256",
    "sequence",
    "created_at",
    "receiver",
    "programme",
    "school",
    "counts",
    "parts",
    "checkpoint",
}
_OPTIONAL = {"signed_off_by"}
_COUNTS = ("included", "refused", "conflict", "withdrawn", "not_required")
_LONGEST_TEXT = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INN = re.compile(r"\d{10}|\d{12}", re.ASCII)
_UUID7 = 7
_CHECKPOINT = re.compile(
    r"[^\n]{1,200}\n\d{1,18}\n[A-Za-z0-9+/]{43}=\n\n(?:— [^\n ]{1,200} [A-Za-z0-9+/=]{1,400}\n)+"
)
"""Signed note of C2SP tlog-checkpoint: origin, size, root, an empty line, one signature or more."""


class Kind(StrEnum):
    """What a message does to what the platform holds of the school."""

    FULL = "full"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Addressee:
    """What the envelope said and who we are: the manifest must agree."""

    receiver: str
    programmes: frozenset[str]
    message_id: UUID
    school_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that agrees with its envelope and its parts."""

    message_id: UUID
    kind: Kind
    sequence: int
    corrects: UUID | None
    previous_sha256: str | None
    created_at: datetime
    programme: str
    programme_version: str
    programme_digest: str
    school_id: UUID
    school_name: str
    counts: Mapping[str, int]
    checkpoint: str | None


def read_manifest(parts: Mapping[str, bytes], addressee: Addressee) -> Manifest:
    """Read the manifest and hold it against envelope, clock and parts.

    Raises:
        Refusal: with all that does not fit.
    """
    said = read_object(parts[MANIFEST])
    if said is None or not _KEYS <= set(said) <= _KEYS | _OPTIONAL:
        raise refuse("manifest-shape", N_("Опись сообщения не читается или в ней не те поля."))
    if said["schema_version"] != SCHEMA:
        raise refuse("schema-version", N_("Версия формата сообщения неизвестна."))
    findings = Findings()
    _check_envelope(said, addressee, findings)
    _check_time(said, addressee.now, findings)
    _check_origin(said, addressee, findings)
    _check_kind(said, parts, findings)
    check_parts(said["parts"], parts, findings)
    _check_checkpoint(said, findings)
    findings.settle()
    return _manifest(said)


def _check_envelope(said: dict[str, Any], addressee: Addressee, findings: Findings) -> None:
    message_id = uuid_of(said["message_id"])
    if message_id is None or message_id.version != _UUID7 or message_id != addressee.message_id:
        findings.add("message-id", N_("Номер сообщения в описи не тот, под которым оно отправлено."))
    if said["receiver"] != addressee.receiver:
        findings.add("receiver", N_("Сообщение предназначено другому получателю."))


def _check_time(said: dict[str, Any], now: datetime, findings: Findings) -> None:
    made = _time(said["created_at"])
    if made is None:
        findings.add("created-at", N_("Время создания сообщения не читается."))
    elif made > now + FUTURE:
        findings.add("future", N_("Сообщение помечено будущим временем."))
    elif made < now - MAX_AGE:
        findings.add("stale", N_("Сообщение создано больше 72 часов назад: соберите новое."))


def _check_origin(said: dict[str, Any], addressee: Addressee, findings: Findings) -> None:
    school, programme = said["school"], said["programme"]
    if (
        not _has_texts(school, ("id", "name", "inn"))
        or uuid_of(school["id"]) != addressee.school_id
        or not _INN.fullmatch(school["inn"])
    ):
        findings.add("school", N_("Школа в описи не та, от имени которой отправлено сообщение."))
    if (
        not _has_texts(programme, ("id", "digest"))
        or type(programme.get("version")) not in {str, int}
        or programme["id"] not in addressee.programmes
        or not _DIGEST.fullmatch(programme["digest"])
    ):
        findings.add("programme", N_("Программа, указанная в описи, неизвестна."))


def _check_kind(said: dict[str, Any], parts: Mapping[str, bytes], findings: Findings) -> None:
    sequence, previous = said["sequence"], said["previous_message_sha256"]
    if type(sequence) is not int or sequence < 1:
        findings.add("sequence", N_("Порядковый номер сообщения должен быть целым числом от 1."))
    if previous is not None and not (isinstance(previous, str) and _DIGEST.fullmatch(previous)):
        findings.add("previous", N_("Отпечаток предыдущего сообщения не читается."))
    kind = said["kind"]
    if (
        not isinstance(kind, str)
        or kind not in set(Kind)
        or (WITHDRAWN in parts) != (kind == Kind.WITHDRAWAL)
    ):
        findings.add("kind", N_("Вид сообщения неизвестен или не подходит к его частям."))
    elif (kind == Kind.CORRECTION) != (uuid_of(said["corrects"]) is not None) and kind != Kind.WITHDRAWAL:
        findings.add(
            "corrects", N_("Исправление должно называть исправляемое сообщение, первое сообщение не должно.")
        )
    _check_counts(said, parts, findings)


def _check_counts(said: dict[str, Any], parts: Mapping[str, bytes], findings: Findings) -> None:
    """A school's registry is whole or it is nothing: every student of the roster is accounted for."""
    counts = said["counts"]
    if WITHDRAWN in parts:
        if counts is not None:
            findings.add("counts", N_("В сообщении об отзыве не должно быть чисел по школе."))
        return
    names = {"roster", *_COUNTS}
    if (
        not isinstance(counts, dict)
        or set(counts) != names
        or any(_bad_count(counts[name]) for name in names)
    ):
        findings.add("counts", N_("Числа по школе в описи не читаются."))
    elif sum(counts[name] for name in _COUNTS) != counts["roster"]:
        findings.add("partial", N_("Сообщение неполное: части не складываются в список обучающихся."))
    elif counts["included"] != parts[REGISTRY].count(b"\n"):
        findings.add("partial", N_("Сообщение неполное: записей не столько, сколько заявлено в описи."))


def _bad_count(value: object) -> bool:
    return type(value) is not int or value < 0


def _check_checkpoint(said: dict[str, Any], findings: Findings) -> None:
    note = said["checkpoint"]
    if note is not None and not (isinstance(note, str) and _CHECKPOINT.fullmatch(note)):
        findings.add("checkpoint", N_("Контрольная точка журнала записана не в том виде."))


def _has_texts(value: object, names: tuple[str, ...]) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(name), str) and 0 < len(value[name]) <= _LONGEST_TEXT for name in names
    )


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or not value.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        return None


def _manifest(said: dict[str, Any]) -> Manifest:
    return Manifest(
        message_id=UUID(said["message_id"]),
        kind=Kind(said["kind"]),
        sequence=said["sequence"],
        corrects=uuid_of(said["corrects"]),
        previous_sha256=said["previous_message_sha256"],
        created_at=_time(said["created_at"]) or datetime.min.replace(tzinfo=UTC),
        programme=said["programme"]["id"],
        programme_version=str(said["programme"]["version"]),
        programme_digest=said["programme"]["digest"],
        school_id=UUID(said["school"]["id"]),
        school_name=said["school"]["name"],
        counts=said["counts"] or {},
        checkpoint=said["checkpoint"],
    )
