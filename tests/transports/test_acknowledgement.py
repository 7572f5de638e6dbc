"""Reading a signed answer: the agreed shape or a refusal, never anything between."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import TamperedError
from registry.transports.acknowledgement import Verdict, read_acknowledgement, read_envelope

GOOD: dict[str, Any] = {
    "message_id": "01942f7e-1111-7000-8000-000000000001",
    "message_sha256": "ab" * 32,
    "verdict": "rejected",
    "reasons": [{"code": "counts", "text": "Числа не сходятся.", "entry_id": None}],
    "at": "2020-11-02T01:02:03.000Z",
    "platform": "platform",
}
WRONG: dict[str, Any] = {
    "message_id": "x",
    "message_sha256": "AB" * 32,
    "verdict": "maybe",
    "reasons": [{"code": "counts"}],
    "at": "2020-11-02T01:02:03",
    "platform": 1,
}


def dump(said: object) -> bytes:
    return json.dumps(said).encode()


def test_a_rejection_names_its_reasons():
    read = read_acknowledgement(dump(GOOD))
    assert read.verdict is Verdict.REJECTED
    assert read.reasons[0].code == "counts"
    assert read.at.isoformat() == "2020-11-02T01:02:03+00:00"


@pytest.mark.parametrize("key", sorted(WRONG))
def test_a_wrong_or_missing_value_is_refused(key: str):
    for said in (GOOD | {key: WRONG[key]}, GOOD | {key: None}, {k: v for k, v in GOOD.items() if k != key}):
        with pytest.raises(TamperedError):
            read_acknowledgement(dump(said))


def test_an_acceptance_with_reasons_or_a_rejection_without_is_refused():
    for said in (GOOD | {"verdict": "accepted"}, GOOD | {"reasons": []}, GOOD | {"extra": 1}):
        with pytest.raises(TamperedError):
            read_acknowledgement(dump(said))


def test_a_repeated_key_is_refused():
    twice = dump(GOOD)[:-1] + b', "verdict": "accepted"}'
    with pytest.raises(TamperedError):
        read_acknowledgement(twice)


def test_an_envelope_gives_the_exact_signed_bytes():
    body = dump({"acknowledgement": base64.b64encode(b"exact \xff").decode(), "signature": "sig"})
    envelope = read_envelope(body)
    assert (envelope.acknowledgement, envelope.signature) == (b"exact \xff", b"sig")


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(dump))
def test_any_other_bytes_are_refused(data: bytes):
    for read in (read_envelope, read_acknowledgement):
        with pytest.raises(TamperedError):
            read(data)


def test_deep_nesting_and_length_are_refused():
    for data in (b"[" * 60_000, b" " * 65_537, b'{"acknowledgement":"%%%","signature":""}'):
        with pytest.raises(TamperedError):
            read_envelope(data)
