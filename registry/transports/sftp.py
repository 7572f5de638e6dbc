"""The way out over SFTP: a pinned server, a whole file under its name or none, and the answer beside it.

What the two sides agree on: a message is the file `<message id>.pgp`; whatever ends on `.part` is not there
yet; the receiver puts `<message id>.ack.json` beside it and takes nothing away before that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR
from typing import Any
from uuid import UUID

import asyncssh

from registry.transports.acknowledgement import MAX_BYTES
from registry.transports.attempt import slug_of
from registry.transports.cleared import Cleared
from registry.transports.sealed import Fetch, load
from registry.transports.transport import Outcome, Result, Way, log_attempt

_LOST = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost)
_ABSENT = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_LEAVE_TAKING = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SftpLine:
    """Where a receiver's server listens, who we are there, and how long to wait.

    Attributes:
        receiver: name of the receiver as manifests state it.
        folder: absolute path of the agreed folder at the server, without a slash at the end.
        key: file of our private key, without a passphrase.
        host_keys: fingerprints of the server's key as ``ssh-keygen -l`` writes them; one of them must match.
        connect, total: seconds until we are let in, and for everything.
    """

    receiver: str
    host: str
    port: int
    user: str
    folder: str
    key: Path
    host_keys: frozenset[str]
    connect: float = 20.0
    total: float = 120.0


class _Pinned(asyncssh.SSHClient):
    """Lets in no server but the one whose key was pinned."""

    def __init__(self, fingerprints: frozenset[str]) -> None:
        self._fingerprints = fingerprints

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - named by the library
        return key.get_fingerprint() in self._fingerprints


class SftpTransport:
    """Sends to one receiver; `fetch` gives the sealed bytes of a file id."""

    way = Way.SFTP
    asks = True

    def __init__(self, line: SftpLine, fetch: Fetch) -> None:
        self._line = line
        self._fetch = fetch

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def send(self, cleared: Cleared) -> Outcome:
        """Upload under a name that does not count, then rename; nobody ever sees a part of a message.

        Raises:
            TamperedError: the stored bytes are not the ones that were cleared, or for another receiver.
        """
        sealed = load(cleared, self._line.receiver, self._fetch)
        upload = _Upload(self._line.folder, cleared.message_id, sealed)
        return self._run(cleared.message_id, upload.put, lambda: upload.lost)

    def ask(self, message_id: UUID) -> Outcome:
        """Look for the acknowledgement, and for whether the message lies there."""
        question = _Question(self._line.folder, message_id)
        return self._run(message_id, question.look, lambda: Result.UNKNOWN)

    def _run(
        self,
        message_id: UUID,
        do: Callable[[asyncssh.SFTPClient], Awaitable[Outcome]],
        lost: Callable[[], Result],
    ) -> Outcome:
        try:
            key = asyncssh.read_private_key(self._line.key)
        except (OSError, asyncssh.KeyImportError):
            return log_attempt(message_id, Outcome(lost(), reason="key-file"))
        try:
            outcome = asyncio.run(asyncio.wait_for(self._converse(key, do), self._line.total))
        except TimeoutError:
            outcome = Outcome(lost(), reason="total-timeout")
        except (asyncssh.Error, OSError) as error:
            outcome = Outcome(lost(), reason=slug_of(error))
        return log_attempt(message_id, outcome)

    async def _converse(
        self, key: asyncssh.SSHKey, do: Callable[[asyncssh.SFTPClient], Awaitable[Outcome]]
    ) -> Outcome:
        asyncio.get_running_loop().set_exception_handler(_note_leftover)
        connection = await self._connect(key)
        try:
            return await do(await connection.start_sftp_client())
        finally:
            # Everything that was asked for has been answered by now, or will not be.
            connection.abort()
            await asyncio.wait_for(connection.wait_closed(), _LEAVE_TAKING)

    async def _connect(self, key: asyncssh.SSHKey) -> asyncssh.SSHClientConnection:
        """Connect by what the settings say alone: no file of the user's home, no agent, no password."""
        connection, _ = await asyncssh.create_connection(
            lambda: _Pinned(self._line.host_keys),
            self._line.host,
            self._line.port,
            username=self._line.user,
            client_keys=[key],
            known_hosts=([], [], []),
            config=None,
            agent_path=None,
            preferred_auth="publickey",
            connect_timeout=self._line.connect,
            login_timeout=self._line.connect,
        )
        return connection


def _note_leftover(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note in one line what the library left of a cut line: the attempt itself has told how it ended.

    The loop's own way writes a whole traceback whenever the garbage of the attempt is collected, long after
    it and in the middle of anything.
    """
    logger.debug("sftp-line-left-over", extra={"what": context["message"]})


class _Question:
    """What lies in the folder about one message."""

    def __init__(self, folder: str, message_id: UUID) -> None:
        self._folder = folder
        self._message = f"{folder}/{message_id}.pgp"
        self._answer = f"{folder}/{message_id}.ack.json"

    async def look(self, sftp: asyncssh.SFTPClient) -> Outcome:
        """Give the acknowledgement, or else tell whether the message is there."""
        if not S_ISDIR((await sftp.stat(self._folder)).permissions or 0):
            return Outcome(Result.UNKNOWN, reason="no-folder")
        answer = await read_up_to(sftp, self._answer, MAX_BYTES)
        if answer is not None and len(answer) > MAX_BYTES:
            return Outcome(Result.UNKNOWN, reason="answer-too-large")
        if answer is not None:
            return Outcome(Result.ANSWERED, answer, reason="answer-there")
        if await read_up_to(sftp, self._message, 0) is not None:
            return Outcome(Result.HANDED_OVER, reason="message-there")
        return Outcome(Result.NOT_RECEIVED, reason="not-there")


class _Upload:
    """One message on its way into the folder.

    Attempts at one message follow each other, the next one after the whole time of the last: so the
    name of what is not finished may be the same for all of them.
    """

    def __init__(self, folder: str, message_id: UUID, sealed: bytes) -> None:
        self._question = _Question(folder, message_id)
        self._final = f"{folder}/{message_id}.pgp"
        self._part = f"{self._final}.part"
        self._sealed = sealed
        self.lost = Result.NOT_SENT
        """What a cut line means at this moment."""

    async def put(self, sftp: asyncssh.SFTPClient) -> Outcome:
        """Upload, unless the message is there already; what the server says no to was not taken in."""
        try:
            if await read_up_to(sftp, self._final, 0) is not None:
                return await self._compare(sftp)
            await self._write(sftp)
            return await self._rename(sftp)
        except _LOST:
            raise
        except asyncssh.SFTPError as error:
            result = Result.NOT_SENT if self.lost is Result.NOT_SENT else Result.REFUSED
            return await self._give_up(sftp, Outcome(result, reason=slug_of(error)))

    async def _write(self, sftp: asyncssh.SFTPClient) -> None:
        async with sftp.open(self._part, "wb") as file:
            self.lost = Result.UNKNOWN
            await file.write(self._sealed)
            try:
                await file.fsync()
            except asyncssh.SFTPOpUnsupported:
                return  # Not every server can; the acknowledgement is what counts in the end.

    async def _rename(self, sftp: asyncssh.SFTPClient) -> Outcome:
        """Give the file its name; the rename of SFTP 3 replaces nothing."""
        if (await sftp.stat(self._part)).size != len(self._sealed):
            return await self._give_up(sftp, Outcome(Result.REFUSED, reason="size-differs"))
        try:
            await sftp.rename(self._part, self._final)
        except asyncssh.SFTPFailure:
            if await read_up_to(sftp, self._final, 0) is None:
                raise
            return await self._compare(sftp)
        return Outcome(Result.HANDED_OVER)

    async def _compare(self, sftp: asyncssh.SFTPClient) -> Outcome:
        """The same bytes under the same id are the same message; other bytes are somebody's mistake."""
        there = await read_up_to(sftp, self._final, len(self._sealed))
        if there != self._sealed:
            return Outcome(Result.REFUSED, reason="another-message-there")
        return await self._question.look(sftp)

    async def _give_up(self, sftp: asyncssh.SFTPClient, outcome: Outcome) -> Outcome:
        """Take away what was not finished; a server that refuses this too has only a `.part` of ours."""
        if self.lost is Result.UNKNOWN:
            try:
                await sftp.remove(self._part)
            except _LOST:
                raise
            except asyncssh.SFTPError:
                return outcome
        return outcome


async def read_up_to(sftp: asyncssh.SFTPClient, path: str, most: int) -> bytes | None:
    """Read a file, one byte more than `most` at the longest; None when there is none.

    Raises:
        asyncssh.Error: anything but a file that is not there.
    """
    try:
        async with sftp.open(path, "rb") as file:
            data: bytes = await file.read(most + 1)
            return data
    except _ABSENT:
        return None
