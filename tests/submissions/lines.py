"""The four roads to the sandbox platform: real servers, and a platform that answers when the test says so."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from werkzeug.serving import make_server

from registry.sandbox.mailbox import Box, create_mailbox, deliver, open_smtp
from registry.sandbox.platform.folder import FolderDoor
from registry.sandbox.platform.mail import MailDoor
from tests.servers import free_port
from tests.submissions.conftest import Platform, Quiet
from tests.transports.sshd import Cut, Sshd, running_sshd

ADDRESS = "intake@platform.example"
SENDER = "registry@region.example"
WAYS = ("https", "sftp", "mail", "folder")


@dataclass
class Line:
    """One road: settings of the registry that lead there, and what lies or arrived at its end."""

    way: str
    settings: Mapping[str, str]
    answer: Callable[[], object] = lambda: None
    """Let the platform take in and answer whatever has arrived."""
    folder: Path | None = None
    sshd: Sshd | None = None
    cut: Cut | None = None
    mails: list[bytes] = field(default_factory=list)
    box: Box | None = None

    def copies(self) -> int:
        """Count the messages that arrived at the end of the road."""
        return len(list(self.folder.glob("*.pgp"))) if self.folder else len(self.mails)


@contextmanager
def https_line(platform: Platform, _home: Path) -> Iterator[Line]:
    yield Line("https", {"REGISTRY_PLATFORM_URL": f"http://127.0.0.1:{platform.port}"})


@contextmanager
def folder_line(platform: Platform, home: Path) -> Iterator[Line]:
    folder = home / "carried"
    folder.mkdir()
    door = FolderDoor(folder, platform.intake)
    yield Line("folder", {"REGISTRY_PLATFORM_URL": f"file://{folder}"}, door.take_in, folder)


@contextmanager
def sftp_line(platform: Platform, home: Path) -> Iterator[Line]:
    """OpenSSH's server in a process of its own, behind a line that can be cut."""
    with running_sshd(home / "sshd") as sshd:
        cut = Cut(sshd.port, None)
        settings = {
            "REGISTRY_PLATFORM_URL": sshd.url(cut.port),
            "REGISTRY_SFTP_KEY": str(sshd.key),
            "REGISTRY_SFTP_HOST_KEY": sshd.fingerprint,
        }
        door = FolderDoor(sshd.inbox, platform.intake)
        yield Line("sftp", settings, door.take_in, sshd.inbox, sshd, cut)
        cut.close()


@contextmanager
def mail_line(platform: Platform, home: Path) -> Iterator[Line]:
    """A real SMTP server, and the mailbox of the sandbox where answers arrive."""
    box = Box(home / "mailbox")
    door = MailDoor(platform.intake, ADDRESS, lambda letter: deliver(box, letter))
    mails: list[bytes] = []
    waiting: list[bytes] = []
    smtp = open_smtp(
        box, "127.0.0.1", free_port(), {ADDRESS: lambda mail: (mails.append(mail), waiting.append(mail))}
    )
    server = make_server("127.0.0.1", 0, create_mailbox(box), threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings = {
        "REGISTRY_PLATFORM_URL": f"mailto:{ADDRESS}",
        "REGISTRY_SMTP_PORT": str(smtp.port),
        "REGISTRY_SENDER": SENDER,
        "REGISTRY_INBOX_URL": f"http://127.0.0.1:{server.port}",
    }

    def answer() -> None:
        while waiting:
            assert door.take_in(waiting.pop(0))

    try:
        yield Line("mail", settings, answer, mails=mails, box=box)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        smtp.stop()
        box.close()


OPENING = {"https": https_line, "sftp": sftp_line, "mail": mail_line, "folder": folder_line}
