"""Reading calendars: the shipped file, and the years that an administrator added in a file of his own."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from registry.errors import N_, SettingsError
from registry.workflows.calendars.days import FRIDAY, Calendar, Year

FOLDER: Final = Path(__file__).parent
OWN: Final = "calendars"
"""Folder in the home of an installation; a year that stands there stands before the shipped one."""
SHIPPED: Final = frozenset(path.stem for path in FOLDER.glob("*.toml"))
_KEYS: Final = ("source", "count", "off", "work")
BROKEN: Final = "broken-calendar"
_NEVER: Final = -1


def calendar(name: str, home: Path) -> Calendar:
    """Give a calendar as it stands now; a file that was changed is read again.

    Raises:
        SettingsError: a file is broken; names file, key and reason.
    """
    own = own_file(name, home)
    return _merged(name, own, _changed_at(FOLDER / f"{name}.toml"), _changed_at(own))


def own_file(name: str, home: Path) -> Path:
    """Where an administrator adds the years that are not shipped."""
    return home / OWN / f"{name}.toml"


@lru_cache(maxsize=16)
def _merged(name: str, own: Path, shipped_at: int, own_at: int) -> Calendar:
    years: dict[int, Year] = {}
    for path, changed_at in ((FOLDER / f"{name}.toml", shipped_at), (own, own_at)):
        if changed_at != _NEVER:
            years |= {year.number: year for year in _years(path)}
    return Calendar(name, str(own), years)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return _NEVER


def _years(path: Path) -> Iterator[Year]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _broken(path, "TOML", str(error)) from None
    for key, table in tables.items():
        if not (key.isdecimal() and len(key) == 4 and isinstance(table, dict)):  # noqa: PLR2004 - digits of a year
            raise _broken(path, key, N_("нужна таблица года, например [2027]"))
        yield _year(path, int(key), table)


def _year(path: Path, number: int, table: Mapping[str, object]) -> Year:
    for key in table:
        if key not in _KEYS:
            raise _broken(path, f"{number}.{key}", N_("такого ключа нет; есть: ") + ", ".join(_KEYS))
    source = table.get("source")
    if not isinstance(source, str) or not source.strip():
        raise _broken(path, f"{number}.source", N_("назовите источник: постановление или закон"))
    off, work = (_days(path, number, key, table.get(key)) for key in ("off", "work"))
    year = Year.of(number, off, work, source)
    if table.get("count") != len(year.working):
        raise _broken(path, f"{number}.count", N_("по дням выходит рабочих дней: ") + str(len(year.working)))
    return year


def _days(path: Path, number: int, name: str, value: object) -> frozenset[date]:
    """The days of a list: each once, of the year, weekdays in `off` and weekends in `work`."""
    key = f"{number}.{name}"
    if not isinstance(value, list) or not all(type(day) is date for day in value):
        raise _broken(path, key, N_("нужен список дней вида 2027-01-01"))
    for day in value:
        if day.year != number or (day.weekday() <= FRIDAY) != (name == "off"):
            raise _broken(path, key, N_("здесь не место дню ") + day.isoformat())
    if len(set(value)) != len(value):
        raise _broken(path, key, N_("день повторяется"))
    return frozenset(value)


def _broken(path: Path, key: str, reason: str) -> SettingsError:
    return SettingsError(
        N_("Календарь %(file)s, %(key)s: %(reason)s. Исправьте файл."),
        code=BROKEN,
        file=path,
        key=key,
        reason=reason,
    )
