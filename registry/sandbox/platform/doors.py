"""The platform's other doors, by the same address by which the registry sends: SFTP, mailbox, folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from registry.errors import N_, SettingsError
from registry.sandbox.mailbox import Box, deliver
from registry.sandbox.mailbox.smtp import Doors
from registry.sandbox.platform.folder import FolderDoor
from registry.sandbox.platform.intake import Intake
from registry.sandbox.platform.mail import MailDoor
from registry.sandbox.platform.sftp import SftpHome, SftpServer

HOST = "127.0.0.1"
"""The stand-ins trust everybody, so they listen to this machine only."""


@contextmanager
def open_doors(home: Path, messages_at: str, intake: Intake, box: Box) -> Iterator[Doors]:
    """Open what an address asks for besides HTTP, until the block ends; give who takes mail himself.

    Raises:
        SettingsError: the port of the address is taken; names it.
    """
    address = urlsplit(messages_at)
    doors: dict[str, Callable[[bytes], object]] = {}
    with ExitStack() as stack:
        if address.scheme == "sftp":
            _open_sftp(stack, sftp_home(home), address, intake)
        elif address.scheme == "mailto":
            door = MailDoor(intake, address.path.lower(), lambda letter: deliver(box, letter))
            doors[door.address] = door.take_in
        elif address.scheme == "file":
            _open_folder(stack, Path(unquote(address.path)), intake)
        yield doors


def sftp_home(home: Path) -> SftpHome:
    """Name where the SFTP server of a sandbox keeps its keys and files."""
    return SftpHome(home / "sftp")


def taken(port: int) -> SettingsError:
    """Say that a port is not free."""
    return SettingsError(
        N_("Порт %(port)s занят другой программой: остановите её или задайте другой порт."), port=port
    )


def _open_sftp(stack: ExitStack, kept: SftpHome, address: SplitResult, intake: Intake) -> None:
    kept.prepare()
    folder = kept.root / unquote(address.path).strip("/")
    folder.mkdir(parents=True, exist_ok=True)
    port = address.port or 22
    try:
        server = SftpServer(kept, HOST, port)
    except OSError as error:
        raise taken(port) from error
    stack.callback(server.close)
    _open_folder(stack, folder, intake)


def _open_folder(stack: ExitStack, folder: Path, intake: Intake) -> None:
    door = FolderDoor(folder, intake)
    door.open()
    stack.callback(door.close)
