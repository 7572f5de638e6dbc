"""A real OpenSSH server that takes SFTP only, and a line in front of it that can be cut."""

import os
import pwd
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from tests.servers import free_port

PROGRAM = "/usr/sbin/sshd"
PATIENCE_S = 20
CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {home}/host
AuthorizedKeysFile {home}/authorized
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
LogLevel ERROR
"""


@dataclass
class Sshd:
    """A running server, its folder for messages, and the key that opens it."""

    home: Path
    port: int

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def key(self) -> Path:
        return self.home / "client"

    @property
    def user(self) -> str:
        return pwd.getpwuid(os.geteuid()).pw_name

    @property
    def fingerprint(self) -> str:
        return asyncssh.read_public_key(self.home / "host.pub").get_fingerprint()

    def url(self, port: int | None = None) -> str:
        return f"sftp://{self.user}@127.0.0.1:{port or self.port}{self.inbox}"


def make_key(path: Path) -> None:
    """Make a key pair: the private half in `path`, the public one beside it."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(path)
    path.chmod(0o600)
    key.write_public_key(path.with_name(f"{path.name}.pub"))


@contextmanager
def running_sshd(home: Path) -> Iterator[Sshd]:
    """Serve a new home on a free port, in a process of its own."""
    (home / "inbox").mkdir(parents=True)
    for name in ("host", "client"):
        make_key(home / name)
    (home / "authorized").write_bytes((home / "client.pub").read_bytes())
    server = Sshd(home, free_port())
    config = home / "sshd_config"
    config.write_text(CONFIG.format(port=server.port, home=home))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", PROGRAM, "-D", "-e", "-f", config],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _wait(process, server.port)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=10)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
            line.recv(4)
            return
        time.sleep(0.02)
    message = f"sshd did not start: {process.communicate(timeout=5)[1]!r}"
    raise RuntimeError(message)


class Cut:
    """A line to a port that is cut after so many bytes have gone to the server; None: never.

    Without a target it takes connections and says nothing.
    """

    def __init__(self, target: int | None, after: int | None) -> None:
        self.after = after
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for one in (self._listener, *self._open):
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(near)
            if self._target is None:
                continue
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open.append(far)
            for words in ((near, far, self.after), (far, near, None)):
                self._threads.append(threading.Thread(target=self._pump, args=words))
                self._threads[-1].start()

    def _pump(self, source: socket.socket, target: socket.socket, left: int | None) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536 if left is None else min(65_536, max(left, 1))):
                target.sendall(piece)
                if left is not None:
                    left -= len(piece)
                    if left <= 0:
                        break
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
