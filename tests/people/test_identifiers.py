import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError
from registry.people.identifiers import format_snils, parse_inn, parse_snils, snils_check

VALID = """112-233-445 95|087-654-302 00|086-754-303 00|087-654-303 00|116-973-385 89|276-488-905 42
002-064-585 96|774-112-048 81|772-413-875 15|715-398-174 20|999-999-999 01|001-508-815 00|001-437-544 00
001-318-759 01|298-795-994 00|198-889-890 00|000-000-600 06|000-000-600 15|000-000-600 31""".replace(
    "\n", "|"
).split("|")
WRONG = {
    "200-746-095 00": "snils-checksum",
    "112-233-445 96": "snils-checksum",
    "087-654-302 10": "snils-checksum",
    "908 035 685": "snils-form",
    "77 241 387 515": "snils-form",
    "589*088*281*65": "snils-form",
    "000-000-000 00": "snils-nobody",
    "": "snils-form",
    "１１２-233-445 95": "snils-form",
}


@pytest.mark.proves("S1-03")
@pytest.mark.parametrize("typed", VALID)
def test_a_valid_snils_is_read_to_its_eleven_digits(typed: str | float):
    digits = parse_snils(typed)
    assert len(digits) == 11
    assert format_snils(digits) == typed


@pytest.mark.proves("S1-03")
@pytest.mark.parametrize(("typed", "code"), WRONG.items())
def test_a_wrong_snils_is_refused_with_its_reason(typed: str | float, code: str):
    with pytest.raises(InvalidError) as caught:
        parse_snils(typed)
    assert caught.value.slug == code


@pytest.mark.parametrize(
    "typed",
    [
        "11223344595",
        "112 233 445 95",
        "112-233-445-95",
        "112\u00a0233\u00a0445\u00a095",
        "112–233–445 95",
        " 112-233-44595 ",
        11223344595,
        11223344595.0,
    ],
)
def test_usual_ways_to_write_a_snils_mean_the_same(typed: str | float):
    assert parse_snils(typed) == "11223344595"


def test_a_snils_that_became_a_number_gets_its_leading_zeros_back():
    assert parse_snils(206458596) == "00206458596"
    assert parse_snils(8765430200) == "08765430200"


@pytest.mark.parametrize("typed", [5, 0, -11223344595, 112233445951, 1.5, float("nan"), float("inf")])
def test_other_numbers_are_no_snils(typed: str | float):
    with pytest.raises(InvalidError):
        parse_snils(typed)


@given(st.integers(1_001_999, 999_999_999))
def test_every_number_has_exactly_one_pair_of_check_digits(number: int):
    nine = f"{number:09d}"
    good = snils_check(nine)
    assert parse_snils(format_snils(nine + good)) == nine + good
    wrong = f"{(int(good) + 1) % 100:02d}"
    with pytest.raises(InvalidError):
        parse_snils(nine + wrong)


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats()))
def test_anything_else_is_refused_and_nothing_breaks(typed: str | float):
    try:
        digits = parse_snils(typed)
    except InvalidError:
        return
    assert parse_snils(format_snils(digits)) == digits


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("1234567894", True),
        ("1234567895", False),
        ("123456789047", True),
        ("123456789037", False),
        ("12", False),
    ],
)
def test_an_inn_is_held_against_its_check_digits(typed: str | float, good: object):
    if good:
        assert parse_inn(f" {typed} ") == typed
    else:
        with pytest.raises(InvalidError):
            parse_inn(typed)
