"""Settings: read once from the environment into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from registry.config import values
from registry.config.values import NO_PROXY, SANDBOX_DAY, Demand, Network
from registry.errors import N_, SettingsError

__all__ = [
    "NO_PROXY",
    "SANDBOX_DAY",
    "Demand",
    "Mode",
    "Network",
    "Settings",
    "load_settings",
    "read_settings",
]

SANDBOX_PLATFORM = "http://127.0.0.1:8081"
SANDBOX_ESIA = "http://127.0.0.1:8083"
SANDBOX_CLIENT = "REGISTRY1"
SANDBOX_ORGANISATION = "Consent registry sandbox, not for production"
"""Stands in certificates of the sandbox, so that a production start knows and refuses them."""
ESIA_ISSUER = "http://esia.gosuslugi.ru/"
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
        redis_url: Redis or Valkey, which rings for promises; none: a worker looks into the outbox.
        migration_url: the same database under the role that owns the tables; by default `database_url`.
        base_url: address under which people reach the pages, without a slash at the end.
        timezone: of the legal day, IANA name. calendar: which days are worked. language: of who chose none.
        today: moves the legal day; in sandbox mode only.
        trusted_proxy: from where forwarded headers are believed; empty: from nowhere; None: not decided.
        sandbox_only: names of the settings found that only a sandbox may have.
        platform_url: where messages go: ``https://``, ``sftp://user@host:port/folder``, ``mailto:address``,
            ``file:///folder``; in the sandbox HTTP on loopback.
        sftp_key: our private key for SFTP; sftp_host_key: fingerprints of the server, parted by blanks.
        inbox_url: mailbox of acknowledgements, ``imaps://user@host/folder``; inbox_password: its file.
        sandbox_url: pages and keys of the sandbox's platform, by whatever road messages go there.
        smtp_host, smtp_port: where e-mail is handed over; sms_url: the SMS gateway.
        esia_url: ESIA, the state's accounts; empty: nobody logs in by it. esia_client: our mnemonic there.
        esia_key, esia_cert: our key (PEM) and certificate; esia_signer: a program that signs instead.
        esia_cert_hash: of our certificate; esia_token_cert: ESIA's own; esia_issuer: its name in tokens.
        tsa_url: time stamp authority, empty: none; tsa_cert: file of the roots (PEM) of its stamps.
        signature_verifier: a program that judges qualified signatures; origin: name of the trail,
            ``host/log``, but its epoch; staff_totp: who needs a second factor.
        master_key_days: after so many days of sealing the master key of the data is called too old.
        paper_check: how many papers of 100 are looked at twice; export_days: an export's file is kept.
        failpoint: where this process is to be struck, ``name=action``; in sandbox mode only.
    """

    home: Path
    mode: Mode
    database_url: str
    redis_url: str | None
    migration_url: str
    base_url: str
    host: str
    port: int
    timezone: ZoneInfo
    language: str
    calendar: str
    today: date | None
    trusted_proxy: tuple[Network, ...] | None
    platform_url: str
    sftp_key: Path
    sftp_host_key: str
    inbox_url: str
    inbox_password: Path
    sandbox_url: str
    smtp_host: str
    smtp_port: int
    sms_url: str
    sender: str
    esia_url: str
    esia_client: str
    esia_key: Path
    esia_cert: Path
    esia_cert_hash: str
    esia_signer: str
    esia_token_cert: Path
    esia_issuer: str
    tsa_url: str
    tsa_cert: Path
    signature_verifier: str
    origin: str
    staff_totp: Demand
    paper_check: int
    export_days: int
    failpoint: str | None
    master_key_days: int
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
    port = values.port(environ, "REGISTRY_PORT", 8080)
    host = environ.get("REGISTRY_HOST", "127.0.0.1")
    sandbox = mode is Mode.SANDBOX
    database_url = environ.get("REGISTRY_DATABASE_URL", f"sqlite:///{home / 'registry.sqlite3'}")
    return Settings(
        home=home,
        mode=mode,
        database_url=database_url,
        redis_url=values.redis(environ.get("REGISTRY_REDIS_URL")),
        migration_url=environ.get("REGISTRY_MIGRATION_URL", database_url),
        base_url=environ.get("REGISTRY_BASE_URL", f"http://{host}:{port}").rstrip("/"),
        host=host,
        port=port,
        **_customs(environ),
        today=values.today(environ.get("REGISTRY_TODAY", values.day_of(home) if sandbox else "")),
        trusted_proxy=values.networks(environ.get("REGISTRY_TRUSTED_PROXY", "")),
        **_way_out(environ, home / "keys"),
        smtp_host=environ.get("REGISTRY_SMTP_HOST", "127.0.0.1"),
        smtp_port=values.port(environ, "REGISTRY_SMTP_PORT", 8025),
        sms_url=environ.get("REGISTRY_SMS_URL", "http://127.0.0.1:8082/sms"),
        sender=environ.get("REGISTRY_SENDER", "registry@localhost.example"),
        **_esia(environ, home, sandbox=sandbox),
        origin=environ.get("REGISTRY_TRAIL_ORIGIN", "localhost/consents"),
        staff_totp=values.demand(environ, "REGISTRY_STAFF_TOTP", sandbox=sandbox),
        paper_check=values.percent(environ, "REGISTRY_PAPER_CHECK", 0 if sandbox else 100),
        failpoint=environ.get("REGISTRY_FAILPOINT") or None,
        master_key_days=values.number(environ, "REGISTRY_MASTER_KEY_DAYS", 365),
        argon2_memory_kib=values.number(environ, "REGISTRY_ARGON2_MEMORY_KIB", 19_456 if sandbox else 65_536),
        argon2_passes=values.number(environ, "REGISTRY_ARGON2_PASSES", 2 if sandbox else 3),
        sandbox_only=tuple(one for one in sorted(environ) if one.startswith(SANDBOX_ONLY) and environ[one]),
    )


def _customs(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read what is usual where the registry runs: its time, its language, its working days."""
    return {
        "timezone": values.zone(environ.get("REGISTRY_TIMEZONE", "Asia/Vladivostok")),
        "language": values.language(environ.get("REGISTRY_LANGUAGE", "ru")),
        "calendar": values.calendar(environ.get("REGISTRY_CALENDAR", "ru")),
    }


def _way_out(environ: Mapping[str, str], keys: Path) -> dict[str, Any]:
    """Read where messages go and what their road needs, who stamps seals, how long exports are kept."""
    host_key = environ.get("REGISTRY_SFTP_HOST_KEY", "")
    platform = values.platform(environ.get("REGISTRY_PLATFORM_URL", SANDBOX_PLATFORM).rstrip("/"), host_key)
    over_http = platform.startswith("http")
    return {
        "export_days": values.number(environ, "REGISTRY_EXPORT_DAYS", 7),
        "tsa_url": environ.get("REGISTRY_TSA_URL", ""),
        "tsa_cert": Path(environ.get("REGISTRY_TSA_CERT", keys / "tsa.crt")).resolve(),
        "signature_verifier": environ.get("REGISTRY_SIGNATURE_VERIFIER", ""),
        "platform_url": platform,
        "sftp_key": Path(environ.get("REGISTRY_SFTP_KEY", keys / "sftp")).resolve(),
        "sftp_host_key": host_key,
        "inbox_url": environ.get("REGISTRY_INBOX_URL", "").rstrip("/"),
        "inbox_password": Path(environ.get("REGISTRY_INBOX_PASSWORD", keys / "inbox")).resolve(),
        "sandbox_url": environ.get("REGISTRY_SANDBOX_URL", platform if over_http else SANDBOX_PLATFORM),
    }


def _esia(environ: Mapping[str, str], home: Path, *, sandbox: bool) -> dict[str, Any]:
    """Read how people log in by the state's accounts; in a sandbox by its stand-in."""
    keys = home / "sandbox" / "esia" if sandbox else home / "keys"
    return {
        "esia_url": environ.get("REGISTRY_ESIA_URL", SANDBOX_ESIA if sandbox else "").rstrip("/"),
        "esia_client": environ.get("REGISTRY_ESIA_CLIENT", SANDBOX_CLIENT if sandbox else ""),
        "esia_key": Path(environ.get("REGISTRY_ESIA_KEY", keys / "esia-client.key")).resolve(),
        "esia_cert": Path(environ.get("REGISTRY_ESIA_CERT", keys / "esia-client.crt")).resolve(),
        "esia_cert_hash": environ.get("REGISTRY_ESIA_CERT_HASH", ""),
        "esia_signer": environ.get("REGISTRY_ESIA_SIGNER", ""),
        "esia_token_cert": Path(environ.get("REGISTRY_ESIA_TOKEN_CERT", keys / "esia-token.crt")).resolve(),
        "esia_issuer": environ.get("REGISTRY_ESIA_ISSUER", ESIA_ISSUER),
    }


def _mode(environ: Mapping[str, str]) -> Mode:
    value = environ.get("REGISTRY_MODE", Mode.SANDBOX)
    try:
        return Mode(value)
    except ValueError:
        raise SettingsError(
            N_("REGISTRY_MODE: «%(value)s» неизвестно; допустимо sandbox или production."), value=value
        ) from None
