"""Production calendars: which days are worked, as data with its sources, a file a country."""

from registry.workflows.calendars.days import NO_YEAR, Calendar, Year
from registry.workflows.calendars.files import OWN, SHIPPED, calendar, own_file

__all__ = ["NO_YEAR", "OWN", "SHIPPED", "Calendar", "Year", "calendar", "own_file"]
