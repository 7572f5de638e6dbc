"""How values are shown: days and moments in the school's zone, identifiers masked."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, gettext

from registry.catalogues import written_day
from registry.web.current import current_registry
from registry.web.language import language


def day(value: date) -> str:
    """Show a date in words: 2 ноября 2020 г."""
    return str(format_date(value, "long", rebase=False))


def short_day(value: date) -> str:
    """Show a date shortly: 02.11.2020."""
    return written_day(value, language())


def moment(value: datetime, zone: ZoneInfo | None = None) -> str:
    """Show a time with its distance from UTC: 02.11.2020, 14:05 (UTC+10)."""
    local = value.astimezone(zone or current_registry().settings.timezone)
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes >= 0 else "−"
    return f"{short_day(local)}, {local:%H:%M} (UTC{sign}{hours}{f':{rest:02}' if rest else ''})"


def until(value: datetime, zone: ZoneInfo | None = None) -> str:
    """Show until when something is to be done: what ends with a day names that day, and no midnight."""
    local = value.astimezone(zone or current_registry().settings.timezone)
    if local.time() == time():
        return str(gettext("по %(day)s", day=short_day(local.date() - timedelta(days=1))))
    return str(gettext("до %(when)s", when=moment(value, zone)))


def unbroken(words: str) -> str:
    """Keep a number sign and its number on one line: № 17."""
    return words.replace("№ ", "№\u00a0")


def masked_snils(typed: str) -> str:
    """Show the end of a SNILS, given with or without its hyphens: ···-···-··5 95."""
    end = _last_digits(typed, 3)
    return f"···-···-··{end[:1]} {end[1:]}"


def masked_phone(typed: str) -> str:
    """Show the end of a phone number: ··· 12 34."""
    end = _last_digits(typed, 4)
    return f"··· {end[:2]} {end[2:]}"


def _last_digits(typed: str, count: int) -> str:
    return "".join(sign for sign in typed if sign.isdecimal())[-count:]


def masked_email(address: str) -> str:
    """Show the first letter of an address and its host: и···@example.org."""
    name, _, host = address.partition("@")
    return f"{name[:1]}···@{host}"


def register_filters(app: Flask) -> None:
    """Offer the filters to templates under their own names."""
    for shown in (day, short_day, moment, until, unbroken, masked_snils, masked_phone, masked_email):
        app.jinja_env.filters[shown.__name__] = shown
