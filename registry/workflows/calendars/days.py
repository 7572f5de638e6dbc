"""Counting in working days: pure arithmetic over years whose days are known."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from registry.errors import N_, SettingsError

FRIDAY = 4
NO_YEAR = "no-calendar-year"
"""Code of the refusal to count through a year that nobody has told of yet."""


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a calendar.

    Attributes:
        working: its working days in order.
        source: the decree or law that says so.
    """

    number: int
    working: tuple[date, ...]
    source: str

    @classmethod
    def of(cls, number: int, off: frozenset[date], work: frozenset[date], source: str) -> "Year":
        """Make a year of the weekdays that are not worked and the days of weekends that are."""
        first = date(number, 1, 1)
        days = (first + timedelta(days=count) for count in range((date(number + 1, 1, 1) - first).days))
        working = (day for day in days if day in work or (day.weekday() <= FRIDAY and day not in off))
        return cls(number, tuple(working), source)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a country.

    Attributes:
        name: of the calendar, as definitions and settings say it.
        file: where an administrator adds a year.
        years: those that are known, by number.
    """

    name: str
    file: str
    years: Mapping[int, Year]

    def after(self, day: date, count: int) -> date:
        """The working day of this number after a day, which itself is not counted.

        Raises:
            SettingsError: the calendar does not know a year that the count goes through.
        """
        year = day.year
        days = self._working(year)
        place = bisect_right(days, day) + count - 1
        while place >= len(days):
            place, year = place - len(days), year + 1
            days = self._working(year)
        return days[place]

    def before(self, day: date, count: int) -> date:
        """The working day of this number before a day, which itself is not counted.

        Raises:
            SettingsError: the calendar does not know a year that the count goes through.
        """
        year = day.year
        days = self._working(year)
        place = bisect_left(days, day) - count
        while place < 0:
            year -= 1
            days = self._working(year)
            place += len(days)
        return days[place]

    def _working(self, number: int) -> tuple[date, ...]:
        year = self.years.get(number)
        if year is None:
            raise SettingsError(
                N_(
                    "В производственном календаре «%(calendar)s» нет %(year)s года:"
                    " добавьте таблицу [%(year)s] в файл %(file)s."
                ),
                code=NO_YEAR,
                calendar=self.name,
                year=number,
                file=self.file,
            )
        return year.working
