"""A production calendar that ends soon: a start is not refused; it is told before deadlines stand still."""

from datetime import date, timedelta
from typing import Final

from registry.config import Settings
from registry.errors import N_, SettingsError
from registry.workflows.calendars import calendar, own_file

AHEAD: Final = timedelta(days=92)
"""So long before the end of the last known year it is told: decrees come out in autumn."""


def calendar_warning(settings: Settings, day: date) -> str | None:
    """Warn of a calendar that is broken, or knows no days some months from now; None while it is good."""
    try:
        known = calendar(settings.calendar, settings.home)
    except SettingsError as error:
        return str(error)
    missing = next((year for year in (day.year, (day + AHEAD).year) if year not in known.years), None)
    if missing is None:
        return None
    words = N_(
        "В производственном календаре «%(calendar)s» нет %(year)s года: сроки в рабочих днях, которые дойдут"
        " до него, не посчитать. Добавьте таблицу [%(year)s] в файл %(file)s."
    )
    file = own_file(settings.calendar, settings.home)
    return words % {"calendar": settings.calendar, "year": missing, "file": file}
