import json
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from registry.trail.canonical import canonical, read_canonical
from registry.trail.entries import EntryType, ObjectRef
from registry.trail.leaf import Leaf, LeafActor, LeafSlot, read_leaf, write_leaf

keys = st.text(st.characters(max_codepoint=126, min_codepoint=32))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_canonical_bytes_are_those_of_the_standard(value: object):
    assert canonical(value) == rfc8785.dumps(value)
    assert read_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "value", [1.0, {"a": 0.5}, datetime(2020, 1, 1, tzinfo=UTC), b"x", {1: 2}, {1, 2}, uuid4()]
)
def test_other_types_are_refused(value: object):
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), {"ключ": 1}, "\ud800"])
def test_values_without_one_spelling_are_refused(value: object):
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b' {"a":1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"NaN",
        b"[" * 4000,
        b"\xff",
    ],
)
def test_bytes_of_another_form_are_not_read(data: bytes):
    with pytest.raises(ValueError, match=r"."):
        read_canonical(data)


LEAF = Leaf(
    id=UUID(int=7),
    type=EntryType.CONSENT_GIVEN,
    log="test.example/log/1",
    tenant=UUID(int=17),
    at=datetime(2020, 11, 2, 6, 0, 0, 123000, tzinfo=UTC),
    actor=LeafActor("guardian", bytes(16), "mother", "sms-otp"),
    cause="request-1",
    object=ObjectRef("consent", UUID(int=9), 3),
    pre=bytes(32),
    post=bytes(range(32)),
    slots=(LeafSlot(bytes(16), bytes(32)), LeafSlot(bytes(range(16)), None)),
)


def test_a_leaf_comes_back_as_it_was_written():
    data = write_leaf(LEAF)
    assert read_leaf(data) == LEAF
    assert json.loads(data)["ts"] == "2020-11-02T06:00:00.123Z"


@given(st.data())
def test_a_changed_leaf_is_refused_or_says_something_else(data: st.DataObject):
    changed = bytearray(write_leaf(LEAF))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(ValueError):
        assert read_leaf(bytes(changed)) != LEAF


@given(st.binary() | values.map(canonical))
def test_nothing_brings_the_reader_of_leaves_down(data: bytes):
    with pytest.raises(ValueError, match=r"."):
        read_leaf(data)


def test_no_free_text_gets_into_a_leaf():
    for change in (
        {"cause": "два слова"},
        {"actor": LeafActor("staff", None, "тётя Маша", "password")},
        {"object": ObjectRef("a b", UUID(int=1), 1)},
    ):
        parts = {name: getattr(LEAF, name) for name in LEAF.__slots__}
        with pytest.raises(ValueError, match="short ASCII word"):
            write_leaf(Leaf(**(parts | change)))


def test_a_leaf_of_many_persons_is_refused_above_its_limit():
    parts = {name: getattr(LEAF, name) for name in LEAF.__slots__}
    with pytest.raises(ValueError, match="4096"):
        write_leaf(Leaf(**(parts | {"slots": LEAF.slots * 100})))
