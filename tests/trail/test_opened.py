"""An opening as a file: it reads back as it was written, and nothing else is taken for one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.trail.canonical import canonical
from registry.trail.opened import Opening, read_opening, show_opening

EVENT = UUID(int=7)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)


@given(texts, st.binary(min_size=32, max_size=32), st.integers(0, 5))
def test_an_opening_reads_back_as_it_was_written(text: str, key: bytes, slot: int) -> None:
    opening = Opening(EVENT, slot, "consent.given", key, canonical({"typed_name": text}))
    assert read_opening(show_opening(opening)) == opening


@pytest.mark.parametrize(
    "change",
    [
        (b'"slot":0', b'"slot":"0"'),
        (b'"slot":0', b'"slot":"x"'),
        (b'"type":"consent.given"', b'"type":"consent.refused"'),
        (b'"event"', b'"e"'),
        (b"{", b"[{"),
        (b'"key":"A', b'"key":"'),
        (b"registry-slot/v1", b"registry-slot/v2"),
    ],
)
def test_what_is_no_opening_is_refused(change: tuple[bytes, bytes]) -> None:
    data = show_opening(Opening(EVENT, 0, "consent.given", bytes(32), b"{}"))
    assert change[0] in data
    with pytest.raises(ValueError):  # noqa: PT011 - many causes, one kind of answer
        read_opening(data.replace(*change, 1))


def test_a_list_is_no_opening() -> None:
    with pytest.raises(ValueError, match="shape"):
        read_opening(b"[]")
