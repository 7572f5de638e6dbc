"""The way out by hand: message and note in a folder, from where a person carries them to the receiver."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from registry.errors import N_
from registry.transports.acknowledgement import MAX_BYTES
from registry.transports.attempt import slug_of
from registry.transports.cleared import Cleared
from registry.transports.sealed import Fetch, load
from registry.transports.transport import Outcome, Result, Way, log_attempt

NOTE = N_(
    "Сообщение реестра согласий. Зашифровано для получателя, перевозчик прочесть его не может.\n"
    "Получатель: %(receiver)s\n"
    "Номер сообщения: %(message_id)s\n"
    "Отпечаток SHA-256: %(sha256)s\n"
    "Размер, байт: %(size)s\n"
    "Ответ получателя: файл %(message_id)s.ack.json, положите его в эту же папку "
    "или загрузите на странице передачи.\n"
)


@dataclass(frozen=True, slots=True)
class FolderLine:
    """The folder of this installation from which messages are carried, and for whom."""

    receiver: str
    folder: Path


def note_of(cleared: Cleared, size: int) -> str:
    """Write what goes along with a message: what it is, for whom, and how to answer; nothing of anybody."""
    return NOTE % {
        "receiver": cleared.receiver,
        "message_id": cleared.message_id,
        "sha256": cleared.sha256,
        "size": size,
    }


class FolderTransport:
    """Puts messages into the folder; `fetch` gives the sealed bytes of a file id."""

    way = Way.FOLDER
    asks = False

    def __init__(self, line: FolderLine, fetch: Fetch) -> None:
        self._line = line
        self._fetch = fetch

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def send(self, cleared: Cleared) -> Outcome:
        """Write the note, then the message under its final name at once.

        Raises:
            TamperedError: the stored bytes are not the ones that were cleared, or for another receiver.
        """
        sealed = load(cleared, self._line.receiver, self._fetch)
        return log_attempt(cleared.message_id, self._put(cleared, sealed))

    def ask(self, message_id: UUID) -> Outcome:
        """Look for the acknowledgement; what became of a message that was carried away nobody here knows."""
        return log_attempt(message_id, self._look(message_id))

    def _put(self, cleared: Cleared, sealed: bytes) -> Outcome:
        message = self._line.folder / f"{cleared.message_id}.pgp"
        try:
            if message.exists():
                return self._compare(message, sealed, cleared.message_id)
            note = note_of(cleared, len(sealed)).encode()
            write_whole(self._line.folder / f"{cleared.message_id}.txt", note)
            write_whole(message, sealed)
        except OSError as error:
            return Outcome(Result.NOT_SENT, reason=_slug(error))
        return Outcome(Result.HANDED_OVER)

    def _compare(self, message: Path, sealed: bytes, message_id: UUID) -> Outcome:
        """The same bytes under the same id are the same message; other bytes are somebody's mistake."""
        if message.read_bytes() != sealed:
            return Outcome(Result.REFUSED, reason="another-message-there")
        return self._look(message_id)

    def _look(self, message_id: UUID) -> Outcome:
        try:
            with (self._line.folder / f"{message_id}.ack.json").open("rb") as file:
                answer = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            there = (self._line.folder / f"{message_id}.pgp").exists()
            return Outcome(Result.HANDED_OVER if there else Result.UNKNOWN, reason="no-answer-yet")
        except OSError as error:
            return Outcome(Result.UNKNOWN, reason=_slug(error))
        if len(answer) > MAX_BYTES:
            return Outcome(Result.UNKNOWN, reason="answer-too-large")
        return Outcome(Result.ANSWERED, answer, reason="answer-there")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole on the disk or not there.

    Raises:
        OSError: the folder is missing, full, or not ours to write into; nothing of the file stays.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _slug(error: OSError) -> str:
    """Name what the system said: "enospc", "eacces"."""
    return errno.errorcode.get(error.errno or 0, slug_of(error)).lower()
