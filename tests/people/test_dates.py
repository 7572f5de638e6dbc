from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError
from registry.people.dates import age_on, check_birth_date, check_birth_for_grade, format_date, parse_date

ON = date(2020, 11, 2)


@pytest.mark.parametrize(
    "typed",
    [
        "18.01.2005",
        "18.1.2005",
        "18.01.2005 г.",
        "18.01.2005г",
        "18/01/2005",
        "2005-01-18",
        "2005-01-18 00:00:00",
        "18 января 2005 года",
        38370,
        38370.0,
        date(2005, 1, 18),
    ],
)
def test_a_date_is_read_in_its_usual_forms(typed: str | float | date):
    assert parse_date(typed) == date(2005, 1, 18)


@pytest.mark.parametrize(
    "typed",
    [
        "32.13.2006",
        "31.02.2006",
        "05.05.24",
        "",
        "вчера",
        "0",
        0,
        -1,
        1e18,
        float("nan"),
        "18.01.2005 и позже",
    ],
)
def test_what_is_no_date_is_refused(typed: str | float | date):
    with pytest.raises(InvalidError) as caught:
        parse_date(typed)
    assert caught.value.slug == "date-form"


@given(st.dates(date(1900, 3, 1), date(2099, 12, 31)))
def test_a_printed_date_reads_back(day: date):
    assert parse_date(format_date(day)) == parse_date(day.isoformat()) == day


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats()))
def test_anything_is_a_date_or_refused(typed: str | float | date):
    try:
        read = parse_date(typed)
    except InvalidError:
        return
    assert isinstance(read, date)


@pytest.mark.parametrize("born", [date(2020, 11, 3), date(1899, 12, 31)])
def test_an_impossible_birth_date_is_refused(born: date):
    with pytest.raises(InvalidError):
        check_birth_date(born, ON)


@pytest.mark.parametrize(
    ("born", "good"),
    [
        (date(2005, 1, 18), True),
        (date(2003, 6, 1), True),
        (date(1974, 1, 1), False),
        (date(2010, 1, 1), False),
    ],
)
def test_a_birth_date_must_fit_the_grade(born: date, good: object):
    if good:
        check_birth_for_grade(born, 9, ON)
    else:
        with pytest.raises(InvalidError):
            check_birth_for_grade(born, 9, ON)


def test_who_is_born_on_the_twenty_ninth_of_february_gets_older_on_the_first_of_march():
    born = date(2004, 2, 29)
    assert age_on(born, date(2018, 2, 28)) == 13
    assert age_on(born, date(2018, 3, 1)) == 14
    assert age_on(born, date(2020, 2, 29)) == 16
