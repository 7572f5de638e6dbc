"""A platform with its own keys, a school that signs, and messages of the agreed format."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.sandbox.platform import PlatformSettings, create_platform
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.sealer import Expected, Parties, seal_bytes
from registry.storage.ids import uuid7
from registry.transports.acknowledgement import Acknowledgement, read_acknowledgement, read_envelope

RECEIVER = "platform"
SCHOOL = UUID("01942f7e-2222-7000-8000-000000000002")


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id() -> UUID:
    return uuid7(int(datetime.now(UTC).timestamp() * 1000))


def snils(number: int) -> str:
    digits = f"{number:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02d}"


def person(number: int, name: str = "Анна") -> dict[str, Any]:
    return {
        "last_name": "Проверкина",
        "first_name": name,
        "middle_name": None,
        "birth_date": "2007-05-31",
        "snils": snils(100_000_000 + number),
        "email": f"p{number}@example.org",
        "phone": f"+7900{number:07d}",
    }


@dataclass
class Draft:
    """A message that a test may spoil before it is packed and sealed."""

    message_id: UUID = field(default_factory=new_id)
    kind: str = "full"
    entries: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)

    def with_students(self, count: int) -> "Draft":
        """Students with a guardian each; two of them share one."""
        for number in range(1, count + 1):
            entry_id = str(new_id())
            guardian = {"relation": "mother", **person(5_000_000 + max(number, 2), "Ольга")}
            self.entries.append(
                {"entry_id": entry_id, "class": "9-Б", "student": person(number), "guardians": [guardian]}
            )
            self.consents.append({"entry_id": entry_id, "acts": [act()]})
        for lines in (self.entries, self.consents):
            lines.sort(key=lambda line: line["entry_id"])
        return self

    def lined(self) -> dict[str, bytes]:
        """The parts as bytes, before any spoiling."""
        if self.kind == "withdrawal":
            return {"withdrawn.jsonl": _lines(self.withdrawn)}
        return {
            "registry.jsonl": _lines(self.entries),
            "consents.jsonl": _lines(self.consents),
            "registry.xlsx": b"PK\x03\x04 spreadsheet",
        }

    def manifest(self) -> dict[str, Any]:
        """The manifest that fits the parts, with the test's changes."""
        included = len(self.entries)
        counts = {
            "roster": included + 3,
            "included": included,
            "refused": 1,
            "conflict": 1,
            "withdrawn": 0,
            "not_required": 1,
        }
        stated = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "lines": data.count(b"\n")}
            for name, data in self.lined().items()
        }
        return {
            "schema_version": "1",
            "message_id": str(self.message_id),
            "kind": self.kind,
            "corrects": None,
            "previous_message_sha256": None,
            "sequence": 1,
            "created_at": stamp(datetime.now(UTC)),
            "receiver": RECEIVER,
            "programme": {"id": "mesh-2020", "version": "1.0", "digest": "ab" * 32},
            "school": {"id": str(SCHOOL), "name": "Школа № 17", "inn": "2700000016"},
            "counts": None if self.kind == "withdrawal" else counts,
            "parts": stated,
            "checkpoint": None,
            **self.changes,
        }

    def pack(self) -> bytes:
        """The archive."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {
                "manifest.json": canonical(self.manifest()),
                **self.lined(),
                **self.parts,
            }.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        return out.getvalue()


def act() -> dict[str, Any]:
    return {
        "notice": "student-by-guardian",
        "notice_version": "1.0",
        "text_sha256": "cd" * 32,
        "kind": "given",
        "means": "code",
        "on": "2020-11-01",
        "act_id": str(new_id()),
        "agreement_act_id": str(new_id()),
    }


def _lines(objects: list[dict[str, Any]]) -> bytes:
    return b"".join(canonical(one) + b"\n" for one in objects)


@dataclass
class Sender:
    """A school with its own key, registered at the platform, and the platform's client."""

    sealer: OpenPgpSealer
    key: str
    platform_key: str
    client: FlaskClient
    school: UUID = SCHOOL

    def seal(self, data: bytes) -> bytes:
        return seal_bytes(self.sealer, data, Parties(self.key, self.platform_key))

    def post(self, message_id: UUID, sealed: bytes) -> Acknowledgement:
        headers = {"Idempotency-Key": str(message_id), "Registry-School": str(self.school)}
        answer = self.client.post("/messages", data=sealed, headers=headers)
        read = self.verified(answer.data)
        assert (answer.status_code == 200) == (read.verdict == "accepted")
        assert read.message_id == message_id
        assert read.message_sha256 == hashlib.sha256(sealed).hexdigest()
        return read

    def verified(self, body: bytes) -> Acknowledgement:
        envelope = read_envelope(body)
        expected = Expected(self.platform_key, datetime.now(UTC), timedelta(hours=1))
        self.sealer.verify_detached(envelope.acknowledgement, envelope.signature, expected)
        return read_acknowledgement(envelope.acknowledgement)

    def send(self, draft: Draft) -> Acknowledgement:
        return self.post(draft.message_id, self.seal(draft.pack()))

    def codes(self, draft: Draft) -> list[str]:
        return [reason.code for reason in self.send(draft).reasons]


@pytest.fixture(scope="session")
def homes() -> Iterator[list[OpenPgpSealer]]:
    opened: list[OpenPgpSealer] = []
    yield opened
    for sealer in opened:
        sealer.close()


@pytest.fixture
def platform(tmp_path: Path, homes: list[OpenPgpSealer]) -> Flask:
    app = create_platform(tmp_path / "platform", PlatformSettings(receiver=RECEIVER))
    homes.append(app.extensions["intake"].sealer)
    return app


@pytest.fixture
def school(platform: Flask, tmp_path: Path, homes: list[OpenPgpSealer]) -> Sender:
    return register(platform, tmp_path / "school", homes)


def register(platform: Flask, home: Path, homes: list[OpenPgpSealer], owner: str = str(SCHOOL)) -> Sender:
    create_passphrase(home / "passphrase")
    sealer = OpenPgpSealer(home / "openpgp", home / "passphrase")
    homes.append(sealer)
    key = sealer.create_key("school-17")
    client = platform.test_client()
    theirs = client.get("/keys").get_json()
    sealer.pin(theirs["public_key"].encode(), theirs["fingerprint"])
    said = {"owner": owner, "fingerprint": key, "public_key": sealer.export_public(key).decode()}
    assert client.post("/keys", json=said).status_code == 201
    return Sender(sealer, key, theirs["fingerprint"], client)
