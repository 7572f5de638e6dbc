"""Single values of settings: read from text, refused in words with the name of their variable."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from registry.catalogues import spoken
from registry.errors import N_, SettingsError

HUNDRED: Final = 100
LAST_PORT: Final = 65_535
SANDBOX_DAY: Final = "today"
"""File of a sandbox's home with its legal day: the samples belong to a school year that is over."""
CALENDARS: Final = ("ru", "bg")
"""Production calendars; their files stand beside the engine of processes."""
NO_PROXY: Final = "none"
"""Says that HTTPS ends in the server itself and nobody stands before it."""
Network: TypeAlias = IPv4Network | IPv6Network
SCHEMES = frozenset({"https", "http", "sftp", "mailto", "file"})


class Demand(StrEnum):
    """Of whom something is demanded: of everybody, of weighty roles, of nobody (it is offered then)."""

    EVERYONE = "everyone"
    REQUIRED = "required"
    OFFERED = "offered"


def demand(environ: Mapping[str, str], name: str, *, sandbox: bool) -> Demand:
    """Read of whom something is demanded; by default of weighty roles, in a sandbox of nobody."""
    value = environ.get(name) or (Demand.OFFERED if sandbox else Demand.REQUIRED)
    try:
        return Demand(value)
    except ValueError:
        raise SettingsError(
            N_("%(name)s: допустимо everyone, required или offered, а не «%(value)s»."),
            name=name,
            value=value,
        ) from None


def number(environ: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number."""
    value = environ.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise SettingsError(N_("%(name)s: нужно целое число, а не «%(value)s»."), name=name, value=value)
    return int(value)


def percent(environ: Mapping[str, str], name: str, default: int) -> int:
    """Read how many of a hundred."""
    found = number(environ, name, default)
    if found > HUNDRED:
        raise SettingsError(
            N_("%(name)s: нужно число от 0 до 100, а не «%(value)s»."), name=name, value=str(found)
        )
    return found


def port(environ: Mapping[str, str], name: str, default: int) -> int:
    """Read the number of a port."""
    found = number(environ, name, default)
    if not 0 < found <= LAST_PORT:
        raise SettingsError(
            N_("%(name)s: нужен порт от 1 до %(last)s, а не «%(value)s»."),
            name=name,
            last=LAST_PORT,
            value=found,
        )
    return found


def redis(url: str | None) -> str | None:
    """Check the kind of address only; the error does not repeat it, for a password may stand in it."""
    if not url:
        return None
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError(
            N_("REGISTRY_REDIS_URL: нужен адрес вида redis://, rediss:// или unix://; исправьте настройку.")
        )
    return url


def zone(name: str) -> ZoneInfo:
    """Find a time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise SettingsError(
            N_("REGISTRY_TIMEZONE: часовой пояс «%(name)s» неизвестен; нужен вид Asia/Vladivostok."),
            name=name,
        ) from None


def language(name: str) -> str:
    """Check the name of a language that the registry speaks."""
    if name not in spoken():
        raise SettingsError(
            N_("REGISTRY_LANGUAGE: языка «%(name)s» нет; есть: %(known)s."),
            name=name,
            known=", ".join(spoken()),
        )
    return name


def calendar(name: str) -> str:
    """Check the name of a production calendar."""
    if name not in CALENDARS:
        raise SettingsError(
            N_("REGISTRY_CALENDAR: календаря «%(name)s» нет; есть: %(known)s."),
            name=name,
            known=", ".join(CALENDARS),
        )
    return name


def networks(said: str) -> tuple[Network, ...] | None:
    """Read addresses and networks; nothing said is another thing than said to be none."""
    if said in ("", NO_PROXY):
        return () if said else None
    try:
        return tuple(ip_network(one.strip()) for one in said.split(","))
    except ValueError:
        raise SettingsError(
            N_(
                "REGISTRY_TRUSTED_PROXY: нужны адреса или подсети через запятую"
                " (10.0.0.5 или 10.0.0.0/28) либо none, а не «%(value)s»."
            ),
            value=said,
        ) from None


def day_of(home: Path) -> str:
    """Read the legal day that a sandbox was set up for, or nothing."""
    try:
        return (home / SANDBOX_DAY).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def today(value: str) -> date | None:
    """Read the legal day, where one is set."""
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(
            N_("REGISTRY_TODAY: нужна дата вида 2020-11-02, а не «%(value)s»."), value=value
        ) from None


def platform(address: str, host_key: str) -> str:
    """Check the address that messages go to; over SFTP the server must be known beforehand."""
    scheme = address.partition(":")[0]
    if scheme not in SCHEMES:
        raise SettingsError(
            N_(
                "REGISTRY_PLATFORM_URL: нужен адрес вида https://, sftp://, mailto: или file://, а не "
                "«%(address)s»."
            ),
            address=address,
        )
    if scheme == "sftp" and not host_key.startswith("SHA256:"):
        raise SettingsError(
            N_(
                "REGISTRY_SFTP_HOST_KEY: закрепите отпечаток ключа сервера вида SHA256:…, полученный от "
                "получателя не по сети."
            ),
            code="no-host-key",
        )
    return address
