"""Ages: counted on the legal day, with 29 February and the day after."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.programmes.rules import AgeReached, age_on, reached_on

DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))


def test_an_age_is_reached_on_the_birthday_or_on_the_day_after_it():
    birth = date(2006, 11, 2)

    assert age_on(birth, date(2020, 11, 1), AgeReached.BIRTHDAY) == 13
    assert age_on(birth, date(2020, 11, 2), AgeReached.BIRTHDAY) == 14
    assert age_on(birth, date(2020, 11, 2), AgeReached.DAY_AFTER) == 13
    assert age_on(birth, date(2020, 11, 3), AgeReached.DAY_AFTER) == 14


def test_somebody_born_on_29_february_has_the_birthday_on_1_march_in_other_years():
    birth = date(2008, 2, 29)

    assert reached_on(birth, 14, AgeReached.BIRTHDAY) == date(2022, 3, 1)
    assert reached_on(birth, 16, AgeReached.BIRTHDAY) == date(2024, 2, 29)
    assert age_on(birth, date(2022, 2, 28), AgeReached.BIRTHDAY) == 13
    assert age_on(birth, date(2022, 3, 1), AgeReached.BIRTHDAY) == 14
    assert age_on(birth, date(2022, 3, 1), AgeReached.DAY_AFTER) == 13


def test_the_day_after_a_birthday_on_31_december_is_in_the_next_year():
    assert age_on(date(2006, 12, 31), date(2020, 12, 31), AgeReached.DAY_AFTER) == 13
    assert age_on(date(2006, 12, 31), date(2021, 1, 1), AgeReached.DAY_AFTER) == 14


@given(DAYS, DAYS, st.sampled_from(AgeReached))
def test_the_age_is_the_number_of_reached_birthdays(birth: date, day: date, reached: AgeReached):
    naive = sum(1 for years in range(1, 60) if reached_on(birth, years, reached) <= day)

    assert age_on(birth, day, reached) == naive


@given(DAYS, st.integers(1, 40), st.sampled_from(AgeReached))
def test_an_age_begins_on_the_day_that_reaches_it_and_not_before(
    birth: date, years: int, reached: AgeReached
):
    day = reached_on(birth, years, reached)

    assert age_on(birth, day, reached) == years
    assert age_on(birth, day - timedelta(days=1), reached) == years - 1
