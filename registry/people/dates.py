"""Dates as people and spreadsheets write them, and birth dates against what is possible."""

import re
from datetime import date, timedelta

from registry.errors import N_, InvalidError

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_LAST_SERIAL = 73_050  # 31.12.2099
_FIRST_SERIAL = 61  # before 1 March 1900 the serials of spreadsheets disagree with the calendar
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s?[./-]\s?([0-9]{1,2})\s?[./-]\s?([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_IN_WORDS = re.compile(r"([0-9]{1,2}) ([а-я]+) ([0-9]{4})")
_YEAR_WORD = re.compile(r"\s*г(?:\.|ода|од)?$")
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_EARLIEST = date(1900, 1, 1)
_SCHOOL_YEAR_MONTH = 8  # a roster of August is already of the coming school year
# Full years on 1 September, less the grade. School begins at 6½ (273-FZ, art. 67), earlier by a permission.
_YOUNGEST = 4.5
_USUAL = 5.5
_OLDEST = 9.5
_DAYS_IN_YEAR = 365.25


def parse_date(typed: str | float | date) -> date:
    """Read a date: a date cell, a serial number, DD.MM.YYYY (also with «г.»), ISO, day month-in-words year.

    Raises:
        InvalidError: `date-form`.
    """
    if isinstance(typed, date):
        return date(typed.year, typed.month, typed.day)
    found = _of_serial(typed) if isinstance(typed, (int, float)) else _of_text(typed)
    if found is None:
        raise InvalidError(N_("Такой даты нет. Напишите её так: 31.12.2010."), code="date-form")
    return found


def _of_serial(serial: float) -> date | None:
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        return None
    return _EXCEL_DAY_ZERO + timedelta(days=int(serial))


def _of_text(typed: str) -> date | None:
    text = _YEAR_WORD.sub("", " ".join(typed.split()).lower())
    if found := _DAY_FIRST.fullmatch(text):
        return _of_numbers(found[3], found[2], found[1])
    if found := _YEAR_FIRST.fullmatch(text.upper()):
        return _of_numbers(found[1], found[2], found[3])
    if found := _IN_WORDS.fullmatch(text):
        return _of_numbers(found[3], _month(found[2]), found[1])
    return None


def _month(word: str) -> int:
    hits = [number for number, stem in enumerate(_MONTHS, 1) if word.startswith(stem)]
    return hits[0] if hits else 0


def _of_numbers(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def format_date(day: date) -> str:
    """Print a date as DD.MM.YYYY."""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def check_birth_date(born: date, on: date) -> None:
    """Refuse a birth date of the future or of before 1900.

    Raises:
        InvalidError: `birth-future` or `birth-ancient`.
    """
    if born > on:
        raise InvalidError(N_("Дата рождения ещё не наступила."), code="birth-future")
    if born < _EARLIEST:
        raise InvalidError(N_("Дата рождения слишком давняя: проверьте год."), code="birth-ancient")


def school_year(on: date) -> int:
    """Give the calendar year in which the school year of a day began: 2020 for 2020/21."""
    return on.year if on.month >= _SCHOOL_YEAR_MONTH else on.year - 1


def check_birth_for_grade(born: date, grade: int, on: date) -> None:
    """Refuse a birth date that no pupil of the grade can have, counted on 1 September of the school year.

    Raises:
        InvalidError: `birth-grade`.
    """
    if not _YOUNGEST <= _head_start(born, grade, on) <= _OLDEST:
        raise InvalidError(
            N_("Дата рождения невозможна для %(grade)s класса: проверьте год."),
            code="birth-grade",
            grade=grade,
        )


def young_for_grade(born: date, grade: int, on: date) -> bool:
    """Whether a pupil of this birth date must have begun school before the usual age: possible, and rare."""
    return _head_start(born, grade, on) < _USUAL


def _head_start(born: date, grade: int, on: date) -> float:
    start = date(school_year(on), 9, 1)
    return (start - born).days / _DAYS_IN_YEAR - grade


def age_on(born: date, on: date) -> int:
    """Full years on a day; who was born on 29 February gets older on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
