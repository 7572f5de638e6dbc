"""Settings: read once from the environment into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from registry.errors import N_, SettingsError

Network: TypeAlias = IPv4Network | IPv6Network

NO_PROXY: Final = "none"
"""Says that HTTPS ends in the server itself and nobody stands before it."""
SANDBOX_ONLY: Final = ("REGISTRY_TODAY", "REGISTRY_FAIL")
"""Beginnings of the names of settings that play with time or make steps fail."""


class Mode(StrEnum):
    """How the registry runs: with stand-ins for outside systems, or for real."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an installation decides.

    Attributes:
        home: folder of the database (embedded), keys and files; nothing is written outside it.
        database_url: SQLAlchemy URL; by default SQLite under `home`.
        migration_url: the same database under the role that owns the tables; by default `database_url`.
        base_url: address under which people reach the pages, without a slash at the end.
        timezone: zone of the legal day, IANA name.
        today: moves the legal day; in sandbox mode only.
        trusted_proxy: from where forwarded headers are believed; empty: from nowhere; None: not decided.
        sandbox_only: names of the settings found that only a sandbox may have.
        platform_url: where messages of programmes go over HTTPS (loopback HTTP in the sandbox).
        smtp_host, smtp_port: where e-mail is handed over; sms_url: the SMS gateway.
        origin: name of the trail, ``host/log``; an epoch number is added to it.
    """

    home: Path
    mode: Mode
    database_url: str
    migration_url: str
    base_url: str
    host: str
    port: int
    timezone: ZoneInfo
    today: date | None
    trusted_proxy: tuple[Network, ...] | None
    platform_url: str
    smtp_host: str
    smtp_port: int
    sms_url: str
    sender: str
    origin: str
    argon2_memory_kib: int
    argon2_passes: int
    sandbox_only: tuple[str, ...]

    @property
    def keys(self) -> Path:
        """Folder of keys, outside the database."""
        return self.home / "keys"

    @property
    def compiled(self) -> Path:
        """Folder of compiled templates; it may be removed at any time."""
        return self.home / "compiled"

    @property
    def secure(self) -> bool:
        """Whether people come over HTTPS."""
        return self.base_url.startswith("https://")


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the ``REGISTRY_*`` variables.

    Raises:
        SettingsError: a value does not parse or does not fit the mode; names the variable.
    """
    settings = read_settings(environ)
    if settings.mode is Mode.PRODUCTION and settings.sandbox_only:
        raise SettingsError(
            N_("%(name)s разрешено только в режиме sandbox: уберите эту настройку."),
            name=", ".join(settings.sandbox_only),
        )
    return settings


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the variables for `registry.soundness`, which tells everything that does not fit at once.

    Raises:
        SettingsError: a value does not parse; names the variable.
    """
    home = Path(environ.get("REGISTRY_HOME", "var")).resolve()
    mode = _mode(environ)
    port = _number(environ, "REGISTRY_PORT", 8080)
    host = environ.get("REGISTRY_HOST", "127.0.0.1")
    sandbox = mode is Mode.SANDBOX
    database_url = environ.get("REGISTRY_DATABASE_URL", f"sqlite:///{home / 'registry.sqlite3'}")
    return Settings(
        home=home,
        mode=mode,
        database_url=database_url,
        migration_url=environ.get("REGISTRY_MIGRATION_URL", database_url),
        base_url=environ.get("REGISTRY_BASE_URL", f"http://{host}:{port}").rstrip("/"),
        host=host,
        port=port,
        timezone=_zone(environ.get("REGISTRY_TIMEZONE", "Asia/Vladivostok")),
        today=_today(environ),
        trusted_proxy=_networks(environ.get("REGISTRY_TRUSTED_PROXY", "")),
        platform_url=environ.get("REGISTRY_PLATFORM_URL", "http://127.0.0.1:8081").rstrip("/"),
        smtp_host=environ.get("REGISTRY_SMTP_HOST", "127.0.0.1"),
        smtp_port=_number(environ, "REGISTRY_SMTP_PORT", 8025),
        sms_url=environ.get("REGISTRY_SMS_URL", "http://127.0.0.1:8082/sms"),
        sender=environ.get("REGISTRY_SENDER", "registry@localhost.example"),
        origin=environ.get("REGISTRY_TRAIL_ORIGIN", "localhost/consents"),
        argon2_memory_kib=_number(environ, "REGISTRY_ARGON2_MEMORY_KIB", 19_456 if sandbox else 65_536),
        argon2_passes=_number(environ, "REGISTRY_ARGON2_PASSES", 2 if sandbox else 3),
        sandbox_only=tuple(
            name for name in sorted(environ) if name.startswith(SANDBOX_ONLY) and environ[name]
        ),
    )


def _mode(environ: Mapping[str, str]) -> Mode:
    value = environ.get("REGISTRY_MODE", Mode.SANDBOX)
    try:
        return Mode(value)
    except ValueError:
        raise SettingsError(
            N_("REGISTRY_MODE: «%(value)s» неизвестно; допустимо sandbox или production."), value=value
        ) from None


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise SettingsError(N_("%(name)s: нужно целое число, а не «%(value)s»."), name=name, value=value)
    return int(value)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise SettingsError(
            N_("REGISTRY_TIMEZONE: часовой пояс «%(name)s» неизвестен; нужен вид Asia/Vladivostok."),
            name=name,
        ) from None


def _networks(said: str) -> tuple[Network, ...] | None:
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


def _today(environ: Mapping[str, str]) -> date | None:
    value = environ.get("REGISTRY_TODAY")
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(
            N_("REGISTRY_TODAY: нужна дата вида 2020-11-02, а не «%(value)s»."), value=value
        ) from None
