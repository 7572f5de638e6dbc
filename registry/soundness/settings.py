"""Settings that fit a sandbox only: what is default, of the sandbox, open, or weak."""

import ipaddress
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import make_url

from registry.config import Demand, Settings
from registry.errors import N_
from registry.soundness.esia import esia_faults
from registry.soundness.faults import Fault
from registry.storage.guessing import is_weak

SANDBOX_SMTP_PORT: Final = 8025
SAMPLE_SENDER: Final = ".example"
LEAST_ARGON2: Final = (19_456, 2)
"""Memory in KiB and passes: the least that OWASP's password guide allows for argon2id."""


def setting_faults(settings: Settings) -> Iterator[Fault]:
    """Judge the settings alone; nothing is opened."""
    yield from _play(settings)
    yield from _way_in(settings)
    yield from _ways_out(settings)
    yield from esia_faults(settings)
    yield from _names(settings)
    yield from _passwords(settings)


def _play(settings: Settings) -> Iterator[Fault]:
    for name in settings.sandbox_only:
        yield Fault(name, N_("Разрешено только в режиме sandbox: уберите эту настройку."))


def _way_in(settings: Settings) -> Iterator[Fault]:
    if not settings.secure:
        yield Fault(
            "REGISTRY_BASE_URL",
            N_("Адрес %(url)s без шифрования: люди должны приходить по https://, укажите такой адрес."),
            {"url": settings.base_url},
        )
    if settings.trusted_proxy is None:
        yield Fault(
            "REGISTRY_TRUSTED_PROXY",
            N_(
                "Не сказано, где кончается HTTPS: укажите адрес своего прокси, которому можно верить,"
                " или none, если HTTPS принимает сам сервер."
            ),
        )


def _ways_out(settings: Settings) -> Iterator[Fault]:
    text = N_("Адрес %(address)s — это песочница на этой же машине: укажите настоящий.")
    for name, url in (
        ("REGISTRY_PLATFORM_URL", settings.platform_url),
        ("REGISTRY_SMS_URL", settings.sms_url),
    ):
        if is_loopback(urlsplit(url).hostname or ""):
            yield Fault(name, text, {"address": url})
        elif not url.startswith("https://"):
            yield Fault(name, N_("Адрес %(address)s без шифрования: нужен https://."), {"address": url})
    # A mail server of one's own may stand on this machine; the sandbox's has a port that no mail server has.
    if is_loopback(settings.smtp_host) and settings.smtp_port == SANDBOX_SMTP_PORT:
        address = f"{settings.smtp_host}:{settings.smtp_port}"
        yield Fault("REGISTRY_SMTP_HOST", text, {"address": address})


def _names(settings: Settings) -> Iterator[Fault]:
    if settings.sender.endswith(SAMPLE_SENDER):
        yield Fault(
            "REGISTRY_SENDER",
            N_("Отправитель %(sender)s — образец: укажите почтовый адрес своего учреждения."),
            {"sender": settings.sender},
        )
    if is_loopback(settings.origin.partition("/")[0]):
        yield Fault(
            "REGISTRY_TRAIL_ORIGIN",
            N_(
                "Имя журнала %(origin)s — образец: укажите имя своего узла и журнала,"
                " оно войдёт в каждую отметку."
            ),
            {"origin": settings.origin},
        )


def _passwords(settings: Settings) -> Iterator[Fault]:
    urls = {"REGISTRY_DATABASE_URL": settings.database_url, "REGISTRY_MIGRATION_URL": settings.migration_url}
    weak = N_("Пароль роли %(role)s в адресе базы короткий или угадывается: задайте случайный.")
    for name, url in urls.items():
        said = make_url(url)
        # No password at all: the server knows who asks by other means (a certificate, a socket, a file).
        if said.password is not None and is_weak(str(said.password), str(said.username)):
            yield Fault(name, weak, {"role": said.username})
    if settings.staff_totp is Demand.OFFERED:
        yield Fault(
            "REGISTRY_STAFF_TOTP",
            N_(
                "Второй фактор для директоров, операторов, администраторов, аудиторов и координаторов"
                " обязателен: уберите эту настройку или укажите required (или everyone: всем сотрудникам)."
            ),
        )
    least_memory, least_passes = LEAST_ARGON2
    if settings.argon2_memory_kib < least_memory:
        yield Fault(
            "REGISTRY_ARGON2_MEMORY_KIB",
            N_("Проверка пароля слишком дёшева: нужно не меньше %(least)s КиБ."),
            {"least": least_memory},
        )
    if settings.argon2_passes < least_passes:
        yield Fault(
            "REGISTRY_ARGON2_PASSES",
            N_("Проверка пароля слишком дёшева: нужно не меньше %(least)s проходов."),
            {"least": least_passes},
        )


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
