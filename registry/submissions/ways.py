"""Which road the messages of this installation take: the one place where a way out is chosen."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from registry.config import Settings
from registry.errors import N_, SettingsError
from registry.transports.folder import FolderLine, FolderTransport
from registry.transports.https import HttpsTransport, Line
from registry.transports.inbox import HttpInbox, ImapInbox, Inbox
from registry.transports.mail import MailLine, MailTransport
from registry.transports.sftp import SftpLine, SftpTransport
from registry.transports.transport import Transport, Way
from registry.work import Registry

WAYS: Final = {
    # The kinds of address that registry/config.py lets pass.
    "https": Way.HTTPS,
    "http": Way.HTTPS,
    "sftp": Way.SFTP,
    "mailto": Way.MAIL,
    "file": Way.FOLDER,
}
CAN_BE_ASKED: Final = frozenset({Way.HTTPS, Way.SFTP})
"""Ways whose other end can tell that a message did not arrive."""
SSH, IMAPS = 22, 993


def way_of(settings: Settings) -> Way:
    """Tell by which road messages leave this installation."""
    return WAYS[urlsplit(settings.platform_url).scheme]


def open_transport(registry: Registry, receiver: str) -> Transport:
    """Open the installation's way to a receiver; whoever opens it closes it.

    Raises:
        SettingsError: a setting of this way is missing or does not fit; names it.
    """
    opened: Callable[[Registry, str, SplitResult], Transport] = _OPENING[way_of(registry.settings)]
    return opened(registry, receiver, urlsplit(registry.settings.platform_url))


def _https(registry: Registry, receiver: str, _address: SplitResult) -> Transport:
    return HttpsTransport(Line(receiver, registry.settings.platform_url), _fetch(registry))


def _sftp(registry: Registry, receiver: str, address: SplitResult) -> Transport:
    settings = registry.settings
    if not (address.username and address.hostname and address.path):
        raise SettingsError(
            N_("REGISTRY_PLATFORM_URL: для SFTP нужен адрес вида sftp://имя@сервер:порт/папка.")
        )
    line = SftpLine(
        receiver=receiver,
        host=address.hostname,
        port=address.port or SSH,
        user=unquote(address.username),
        folder=unquote(address.path),
        key=settings.sftp_key,
        host_keys=frozenset(settings.sftp_host_key.split()),
    )
    return SftpTransport(line, _fetch(registry))


def _mail(registry: Registry, receiver: str, address: SplitResult) -> Transport:
    settings = registry.settings
    if "@" not in address.path:
        raise SettingsError(N_("REGISTRY_PLATFORM_URL: для почты нужен адрес вида mailto:имя@сервер."))
    line = MailLine(
        receiver=receiver,
        address=address.path,
        sender=settings.sender,
        host=settings.smtp_host,
        port=settings.smtp_port,
    )
    return MailTransport(line, _fetch(registry), registry.now, _inbox(settings))


def _inbox(settings: Settings) -> Inbox | None:
    """Open the mailbox where answers arrive; None when nobody reads one here."""
    if not settings.inbox_url:
        return None
    address = urlsplit(settings.inbox_url)
    if address.scheme == "http" and address.hostname == "127.0.0.1":
        return HttpInbox(settings.inbox_url, settings.sender)
    if address.scheme != "imaps" or not address.hostname or not address.username:
        raise SettingsError(
            N_(
                "REGISTRY_INBOX_URL: нужен адрес вида imaps://имя@сервер/папка (в песочнице http://127.0.0.1)."
            )
        )
    return ImapInbox(
        host=address.hostname,
        port=address.port or IMAPS,
        user=unquote(address.username),
        password=settings.inbox_password,
        folder=unquote(address.path.strip("/")) or "INBOX",
    )


def _folder(registry: Registry, receiver: str, address: SplitResult) -> Transport:
    folder = Path(unquote(address.path))
    if address.netloc or not folder.is_absolute():
        raise SettingsError(N_("REGISTRY_PLATFORM_URL: для папки нужен полный путь: file:///папка."))
    return FolderTransport(FolderLine(receiver, folder), _fetch(registry))


def _fetch(registry: Registry) -> Callable[[str], bytes]:
    return lambda file_id: registry.files.get(UUID(file_id))


_OPENING: Final = {Way.HTTPS: _https, Way.SFTP: _sftp, Way.MAIL: _mail, Way.FOLDER: _folder}
