"""How values are shown: days and moments in the school's zone, identifiers masked."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Flask
from flask_babel import format_date, get_locale, to_user_timezone

SHOWN_DIGITS = 4


def day(value: date) -> str:
    """Show a date in words: 2 ноября 2020 г."""
    return str(format_date(value, "long", rebase=False))


def short_day(value: date) -> str:
    """Show a date in digits: 02.11.2020."""
    return str(format_date(value, "dd.MM.y", rebase=False))


def moment(value: datetime, zone: ZoneInfo | None = None) -> str:
    """Show a time with its distance from UTC: 02.11.2020, 14:05 (GMT+10)."""
    local = value.astimezone(zone) if zone is not None else to_user_timezone(value)
    return format_datetime(local, "dd.MM.y, HH:mm (O)", tzinfo=local.tzinfo, locale=get_locale())


def masked_snils(digits: str) -> str:
    """Show the end of a SNILS: ···-···-·63 97."""
    tail = digits[-SHOWN_DIGITS:]
    return f"···-···-·{tail[:2]} {tail[2:]}"


def masked_phone(number: str) -> str:
    """Show the end of a phone number: ··· 12 34."""
    tail = number[-SHOWN_DIGITS:]
    return f"··· {tail[:2]} {tail[2:]}"


def masked_email(address: str) -> str:
    """Show the first letter of an address and its host: и···@example.org."""
    name, _, host = address.partition("@")
    return f"{name[:1]}···@{host}"


def register_filters(app: Flask) -> None:
    """Offer the filters to templates under their own names."""
    for shown in (day, short_day, moment, masked_snils, masked_phone, masked_email):
        app.jinja_env.filters[shown.__name__] = shown
