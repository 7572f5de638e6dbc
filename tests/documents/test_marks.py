"""Codes of printed pages: written, read back, and mistypings found."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.documents.marks import (
    ALPHABET,
    PageMark,
    _tag_letters,
    read_code,
    read_mark,
    readable_code,
    write_mark,
)
from registry.errors import InvalidError
from tests.documents.tags import tag

CONSENT = UUID("01932b3e-7c00-7000-8000-0123456789ab")


def tagged(said: str) -> str:
    return f"{said}/{_tag_letters(said, tag)}"


@given(st.uuids(), st.integers(1, 9999), st.integers(0, 9))
def test_a_mark_is_read_as_it_was_written(consent: UUID, page: int, more: int) -> None:
    mark = PageMark(consent, "1.0-RC", page, min(page + more, 9999))
    assert read_mark(write_mark(mark, tag), tag) == mark


@given(st.uuids())
def test_a_code_is_read_however_it_is_typed(consent: UUID) -> None:
    code = readable_code(consent)
    careless = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    cyrillic = code.translate(str.maketrans("ABEKMHPCTX", "АВЕКМНРСТХ"))
    assert read_code(careless) == read_code(cyrillic) == consent


@given(st.uuids(), st.integers(0, 26), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_always_found(consent: UUID, at: int, letter: str) -> None:
    code = readable_code(consent).replace("-", "")
    if code[at] == letter:
        return
    with pytest.raises(InvalidError):
        read_code(code[:at] + letter + code[at + 1 :])


@given(st.uuids(), st.integers(0, 25))
def test_two_swapped_letters_are_always_found(consent: UUID, at: int) -> None:
    code = readable_code(consent).replace("-", "")
    if code[at] == code[at + 1]:
        return
    with pytest.raises(InvalidError):
        read_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@pytest.mark.parametrize(
    "seen",
    [
        "",
        "https://example.org",
        "CR2/0/1.0/1-1/00000000",
        "CR2/" + "0" * 26 + "/1.0/1-2/" + "0" * 8,
        tagged("CR2/" + "0" * 26 + "/1.0/2-1"),
        tagged("CR2/" + "U" * 26 + "/1.0/1-1"),
        tagged("CR2/" + "Z" * 26 + "/1.0/1-1"),
        "\x00" * 5000,
        "Ж" * 27,
    ],
)
def test_a_foreign_square_code_is_refused(seen: str) -> None:
    with pytest.raises(InvalidError):
        read_mark(seen, tag)
    with pytest.raises(InvalidError):
        read_code(seen)


@given(st.uuids(), st.integers(0, 46), st.sampled_from(ALPHABET + "/-."))
def test_a_mark_with_one_wrong_sign_is_none_of_ours(consent: UUID, at: int, sign: str) -> None:
    seen = write_mark(PageMark(consent, "1.0", 1, 2), tag)
    if seen[at] == sign:
        return
    with pytest.raises(InvalidError):
        read_mark(seen[:at] + sign + seen[at + 1 :], tag)


def test_a_mark_under_another_key_is_none_of_ours() -> None:
    seen = write_mark(PageMark(CONSENT, "1.0", 1, 2), lambda said: tag(said + "other"))
    with pytest.raises(InvalidError):
        read_mark(seen, tag)


def test_a_mark_fits_into_a_small_square() -> None:
    assert write_mark(PageMark(CONSENT, "1.0", 1, 2), tag).isascii()
    assert len(write_mark(PageMark(CONSENT, "1.0", 1, 2), tag)) <= 47
