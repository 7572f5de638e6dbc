"""The platform reading messages: whatever comes is accepted or refused, never an error of the program."""

import copy
import hashlib
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.sandbox.platform.inspect import (
    Addressee,
    Refusal,
    read_entries,
    read_manifest,
    read_withdrawn,
    unpack,
)
from registry.sandbox.platform.inspect.persons import is_snils
from tests.sandbox.conftest import RECEIVER, SCHOOL, Draft, canonical, snils

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
DRAFT = Draft().with_students(2)
PACKED = DRAFT.pack()
MANIFEST = DRAFT.manifest()
ADDRESSEE = Addressee(
    receiver=RECEIVER,
    programmes=frozenset({"mesh-2020"}),
    message_id=DRAFT.message_id,
    school_id=SCHOOL,
    now=datetime.now(UTC),
)


def parts(manifest: dict[str, Any]) -> dict[str, bytes]:
    return {"manifest.json": canonical(manifest), **DRAFT.lined()}


def replaced(value: Any, path: list[int], new: object) -> object:
    """The value with what stands at the path (child numbers) replaced."""
    if not path or not isinstance(value, dict | list) or not value:
        return new
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[path[0] % len(keys)]
    value[key] = replaced(value[key], path[1:], new)
    return value


PATHS = st.lists(st.integers(0, 20), min_size=1, max_size=4)


def test_the_draft_itself_is_read():
    read = read_manifest(parts(MANIFEST), ADDRESSEE)
    assert read.school_id == SCHOOL
    assert len(read_entries(DRAFT.lined(), date(2026, 1, 1))) == 2


@given(PATHS, ANYTHING)
def test_a_manifest_with_any_value_replaced_is_read_or_refused(path: list[int], new: object):
    said = replaced(deepcopy(MANIFEST), path, new)
    with suppress(Refusal, UnicodeEncodeError):
        read_manifest({**DRAFT.lined(), "manifest.json": canonical(said)}, ADDRESSEE)


@given(st.sampled_from(["entries", "consents"]), PATHS, ANYTHING)
def test_lines_with_any_value_replaced_are_read_or_refused(which: str, path: list[int], new: object):
    draft = copy.deepcopy(DRAFT)
    lines = replaced(getattr(draft, which), path, new)
    assert isinstance(lines, list) or lines == new
    if isinstance(lines, list):
        setattr(draft, which, lines)
    with suppress(Refusal, UnicodeEncodeError):
        read_entries(draft.lined(), date(2026, 1, 1))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_as_archive_and_lines(data: bytes):
    for read in (lambda: unpack(data), lambda: unpack(b"PK\x03\x04" + data + b"PK\x05\x06" + b"\x00" * 18)):
        with pytest.raises(Refusal):
            read()
    with pytest.raises(Refusal):
        read_withdrawn(data)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_an_archive_with_any_byte_changed_never_yields_other_parts(place: int, change: int):
    """A flip inside may hit what a ZIP ignores; parts that open are the parts that were packed."""
    packed = bytearray(PACKED)
    packed[place % len(packed)] ^= change
    with suppress(Refusal):
        opened = unpack(bytes(packed))
        digests = {
            hashlib.sha256(part).hexdigest() for name, part in opened.items() if name != "manifest.json"
        }
        assert digests == {hashlib.sha256(part).hexdigest() for part in DRAFT.lined().values()}


@given(st.integers(1_001_999, 999_999_999), st.integers(0, 99))
def test_a_snils_counts_with_its_own_check_number_only(number: int, check: int):
    right = snils(number)
    assert is_snils(right)
    assert is_snils(f"{right[:9]}{check:02d}") == (right[9:] == f"{check:02d}")


@pytest.mark.parametrize("wrong", ["", "112233445 95", "1122334459", "١١٢٢٣٣٤٤٥٩٥", 11223344595, None])
def test_a_snils_is_eleven_plain_digits(wrong: object):
    assert not is_snils(wrong)
    assert is_snils("11223344595")
