"""Runs the stand-ins as one process of their own: platform, mailbox pages, SMTP, ESIA, time stamps."""

import logging
import signal
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from registry.sandbox.esia import NOBODY, Known, Stand, create_esia, open_stand
from registry.sandbox.mailbox import Box, create_mailbox, open_smtp
from registry.sandbox.mailbox.smtp import Doors
from registry.sandbox.platform import PlatformSettings, create_platform
from registry.sandbox.platform.doors import HOST, open_doors, taken
from registry.sandbox.platform.intake import Intake
from registry.sandbox.tsa import create_tsa
from registry.sandbox.tsa import open_stand as open_tsa

log = logging.getLogger(__name__)


class Quiet(WSGIRequestHandler):
    """Answers without delay and writes no line a request."""

    # Headers and body are two writes; Nagle's algorithm would hold each answer on a kept line for 40 ms.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - named by the library
        """Called by the library for each request."""


class Sandbox:
    """The running stand-ins, in threads of this process."""

    def __init__(
        self,
        home: Path,
        ports: tuple[int, int, int],
        settings: PlatformSettings | None = None,
        messages_at: str = "",
    ) -> None:
        """Start them on (platform, mailbox, SMTP) ports.

        Args:
            home: folder of what they keep.
            ports: 0 for any free one.
            settings: who the platform is.
            messages_at: where messages arrive besides HTTP: ``sftp:``, ``mailto:`` or ``file:`` address.

        Raises:
            SettingsError: a port is taken; names it.
        """
        self._stack = ExitStack()
        try:
            self._start(home, ports, settings, messages_at)
        except BaseException:
            self._stack.close()
            raise

    def _start(
        self, home: Path, ports: tuple[int, int, int], settings: PlatformSettings | None, messages_at: str
    ) -> None:
        platform = create_platform(home / "platform", settings)
        self.intake: Intake = platform.extensions["intake"]
        self._stack.callback(self.intake.sealer.close)
        box = Box(home / "mailbox")
        self._stack.callback(box.close)
        self.platform_port = self._open(platform, ports[0])
        self.mailbox_port = self._open(create_mailbox(box), ports[1])
        doors = open_doors(home, messages_at, self.intake, box)
        self.smtp_port = self._open_smtp(box, ports[2], self._stack.enter_context(doors))

    def add_esia(self, stand: Stand, port: int) -> None:
        """Start the stand of ESIA too.

        Raises:
            SettingsError: the port is taken; names it.
        """
        self.esia_port = self._open(create_esia(stand), port)

    def add_tsa(self, folder: Path, port: int) -> None:
        """Start the stand of the time stamp authority too; its certificate lies in its folder.

        Raises:
            SettingsError: the port is taken; names it.
        """
        self.tsa_port = self._open(create_tsa(open_tsa(folder)), port)

    def close(self) -> None:
        """Stop listening, then close what they keep."""
        self._stack.close()

    def _open(self, app: Flask, port: int) -> int:
        with _listen(port) as listener:
            server = make_server(HOST, port, app, threaded=True, request_handler=Quiet, fd=listener.fileno())
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=app.name)
        thread.start()
        self._stack.callback(_stop, server, thread)
        return server.port

    def _open_smtp(self, box: Box, port: int, doors: Doors) -> int:
        with _listen(port) as listener:
            chosen: int = listener.getsockname()[1]
        try:
            controller = open_smtp(box, HOST, chosen, doors)
        except OSError as error:
            raise taken(chosen) from error
        self._stack.callback(controller.stop)
        return chosen


@dataclass(frozen=True, slots=True)
class Around:
    """What the stand-ins are told of the registry beside them.

    Attributes:
        messages_at: where messages arrive besides HTTP.
        esia_port: of the stand of ESIA; None: there is none. esia: as what it knows the registry.
        tsa_port: of the time stamp authority; None: there is none.
    """

    messages_at: str = ""
    esia_port: int | None = None
    esia: Known = NOBODY
    tsa_port: int | None = None


NOTHING = Around()


def serve(
    home: Path, platform_port: int, mailbox_port: int, smtp_port: int, around: Around = NOTHING
) -> None:
    """Run the stand-ins until SIGTERM or SIGINT.

    Raises:
        SettingsError: a port is taken; names it.
    """
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    sandbox = Sandbox(home, (platform_port, mailbox_port, smtp_port), messages_at=around.messages_at)
    if around.esia_port is not None:
        sandbox.add_esia(open_stand(home / "esia", around.esia), around.esia_port)
    if around.tsa_port is not None:
        sandbox.add_tsa(home / "tsa", around.tsa_port)
    ports = {"platform": sandbox.platform_port, "mailbox": sandbox.mailbox_port, "smtp": sandbox.smtp_port}
    log.info("sandbox.ready", extra={"ports": ports})
    ended.wait()
    sandbox.close()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise taken(port) from error


def _stop(server: BaseWSGIServer, thread: Thread) -> None:
    server.shutdown()
    thread.join()
