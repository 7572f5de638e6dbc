"""Production calendars: true days with their sources, years added by an administrator, faults in words."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from registry.config.values import CALENDARS
from registry.errors import SettingsError
from registry.workflows.calendars import SHIPPED, calendar, own_file

KNOWN = range(2019, 2027)
YEAR = """
[2027]
source = "тестовый указ"
count = 258
off = [2027-01-01, 2027-01-04, 2027-01-05, 2027-03-08]
work = [2027-02-20]
"""


def test_the_settings_know_the_calendars_that_there_are():
    assert set(CALENDARS) == SHIPPED


@pytest.mark.parametrize("name", CALENDARS)
def test_every_shipped_year_has_its_source(name: str, tmp_path: Path):
    years = calendar(name, tmp_path).years
    assert list(years) == list(KNOWN)
    assert all(year.source for year in years.values())


@pytest.mark.parametrize(
    ("name", "day", "works"),
    [
        ("ru", date(2021, 2, 20), True),  # a Saturday for the Monday after it
        ("ru", date(2021, 2, 22), False),
        ("ru", date(2022, 3, 5), True),
        ("ru", date(2024, 4, 27), True),
        ("ru", date(2024, 12, 28), True),
        ("ru", date(2024, 12, 30), False),
        ("ru", date(2025, 11, 1), True),
        ("ru", date(2025, 5, 8), False),
        ("ru", date(2026, 1, 9), False),
        ("ru", date(2026, 1, 12), True),
        ("ru", date(2020, 11, 4), False),
        ("bg", date(2020, 11, 4), True),
        ("bg", date(2021, 5, 4), False),  # for 1 May, which was Holy Saturday
        ("bg", date(2024, 5, 7), True),  # Easter Monday on 6 May is given back to nobody
        ("bg", date(2025, 12, 31), False),
        ("bg", date(2026, 1, 2), False),
        ("bg", date(2026, 4, 10), False),
    ],
)
def test_days_that_a_decree_moved_are_moved(name: str, day: date, works: object, tmp_path: Path):
    assert (calendar(name, tmp_path).after(day - timedelta(days=1), 1) == day) is works


def orthodox_easter(year: int) -> date:
    """Meeus' rule for the Julian calendar, in the Gregorian one of these centuries."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


@pytest.mark.parametrize("year", KNOWN)
def test_the_bulgarian_days_are_those_of_the_labour_code_and_of_two_decisions(year: int, tmp_path: Path):
    easter = orthodox_easter(year)
    fixed = [(1, 1), (3, 3), (5, 1), (5, 6), (5, 24), (9, 6), (9, 22), (12, 24), (12, 25), (12, 26)]
    off = {easter - timedelta(days=2), easter - timedelta(days=1), easter, easter + timedelta(days=1)}
    off |= {date(year, *one) for one in fixed}
    for day in sorted(date(year, *one) for one in fixed):
        if day.weekday() > 4:
            off.add(
                next(
                    after
                    for count in range(1, 9)
                    if (after := day + timedelta(days=count)).weekday() < 5 and after not in off
                )
            )
    off |= {date(2025, 12, 31), date(2026, 1, 2)}
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(365)]
    expected = [day for day in days if day.weekday() < 5 and day not in off]
    known = [day for day in calendar("bg", tmp_path).years[year].working if day <= days[-1]]
    assert known == expected


@pytest.mark.parametrize("year", KNOWN)
def test_no_russian_holiday_is_worked(year: int, tmp_path: Path):
    holidays = [*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)]
    working = calendar("ru", tmp_path).years[year].working
    assert not {date(year, *one) for one in holidays} & set(working)


def test_a_year_without_days_is_an_error_that_names_the_file_to_add_to(tmp_path: Path):
    with pytest.raises(SettingsError) as refused:
        calendar("ru", tmp_path).after(date(2026, 12, 20), 10)
    assert "нет 2027 года" in str(refused.value)
    assert str(tmp_path / "calendars" / "ru.toml") in str(refused.value)


def test_an_administrator_adds_a_year_and_corrects_it_without_a_new_start(tmp_path: Path):
    own = own_file("ru", tmp_path)
    calendar("ru", tmp_path)
    own.parent.mkdir()
    own.write_text(YEAR, "utf-8")
    assert calendar("ru", tmp_path).after(date(2026, 12, 30), 1) == date(2027, 1, 6)
    own.write_text(YEAR.replace("2027-01-05, ", "").replace("258", "259"), "utf-8")
    assert calendar("ru", tmp_path).after(date(2026, 12, 30), 1) == date(2027, 1, 5)
    assert calendar("ru", tmp_path).before(date(2027, 1, 5), 1) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[2027]", "[2027", "TOML"),
        ("[2027]", "[next]", "next"),
        ("[2027]", "[27]", "нужна таблица года"),
        ('source = "тестовый указ"', "", "2027.source"),
        ("count = 258", "count = 247", "2027.count: по дням выходит рабочих дней: 258"),
        ("2027-01-01, ", "2026-01-01, ", "2027.off: здесь не место дню 2026-01-01"),
        ("2027-01-01, ", "2027-01-02, ", "2027.off: здесь не место дню 2027-01-02"),
        ("2027-01-01, ", "2027-01-04, ", "2027.off: день повторяется"),
        ("2027-01-01, ", '"2027-01-01", ', "2027.off: нужен список дней"),
        ("2027-01-01, ", "2027-01-01T00:00:00, ", "2027.off: нужен список дней"),
        ("work = [2027-02-20]", "work = [2027-02-22]", "2027.work: здесь не место"),
        ("work = [2027-02-20]", "works = []", "2027.works: такого ключа нет"),
        ("work = [2027-02-20]", "", "2027.work: нужен список"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_key_and_reason(
    old: str, new: str, words: str, tmp_path: Path
):
    assert old in YEAR
    own = own_file("ru", tmp_path)
    own.parent.mkdir()
    own.write_text(YEAR.replace(old, new), "utf-8")
    with pytest.raises(SettingsError) as refused:
        calendar("ru", tmp_path)
    assert str(own) in str(refused.value)
    assert words in str(refused.value)
