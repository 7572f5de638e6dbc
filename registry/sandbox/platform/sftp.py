"""The platform's SFTP server: the sender sees its folder there, and nothing else of the machine."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import asyncssh

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class SftpHome:
    """What the server keeps: its own key, the senders' keys, and what they may see."""

    home: Path

    @property
    def host_key(self) -> Path:
        """File of the server's private key."""
        return self.home / "host-key"

    @property
    def authorized(self) -> Path:
        """File of the public keys that open the door."""
        return self.home / "authorized-keys"

    @property
    def root(self) -> Path:
        """What a sender sees as ``/``."""
        return self.home / "root"

    def prepare(self) -> str:
        """Make what is missing; give the fingerprint of the server's key, which senders pin."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.host_key.exists():
            make_key_pair(self.host_key)
        self.authorized.touch(mode=0o600)
        return asyncssh.read_private_key(self.host_key).get_fingerprint()

    def let_in(self, public_key: Path) -> None:
        """Remember the public key of a sender."""
        known = self.authorized.read_bytes()
        if public_key.read_bytes() not in known:
            self.authorized.write_bytes(known + public_key.read_bytes())


def make_key_pair(path: Path) -> Path:
    """Make a key pair for SSH: the private half in the file; gives the file of the public one."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    key.write_private_key(path)
    public = path.with_name(f"{path.name}.pub")
    key.write_public_key(public)
    return public


class SftpServer:
    """A running server, in a thread with an event loop of its own."""

    def __init__(self, home: SftpHome, host: str, port: int) -> None:
        """Start it.

        Raises:
            OSError: the port is taken.
        """
        home.prepare()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="platform-sftp")
        self._thread.start()
        try:
            self._listener = self._do(_listen(home, host, port))
        except BaseException:
            self._stop()
            raise
        self.port: int = self._listener.get_port()

    def close(self) -> None:
        """Stop listening and end what is under way."""
        self._do(_end(self._listener))
        self._stop()

    def _do(self, what: Coroutine[Any, Any, Given]) -> Given:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Doorman(asyncssh.SSHServer):
    """Lets in whoever has one of the keys that are known at this moment; nobody, while there are none."""

    def __init__(self, home: SftpHome) -> None:
        self._home = home

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - one folder for all
        if self._home.authorized.stat().st_size:
            self._connection.set_authorized_keys(str(self._home.authorized))
        return True


async def _listen(home: SftpHome, host: str, port: int) -> asyncssh.SSHAcceptor:
    return await asyncssh.listen(
        host,
        port,
        server_factory=lambda: _Doorman(home),
        server_host_keys=[home.host_key],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(home.root)),
        config=None,
        gss_host=None,
    )


async def _end(listener: asyncssh.SSHAcceptor) -> None:
    listener.close()
    await listener.wait_closed()
