"""The platform's folder: whatever message lies there is taken in, and its answer is put beside it."""

import logging
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from registry.errors import RegistryError
from registry.sandbox.platform.inspect.findings import uuid_of
from registry.sandbox.platform.intake import Intake, envelope_of

log = logging.getLogger(__name__)
EVERY = 0.1


class FolderDoor:
    """Looks into a folder again and again, in a thread of its own, until it is closed."""

    def __init__(self, folder: Path, intake: Intake) -> None:
        self._folder = folder
        self._intake = intake
        self._ended = Event()
        self._thread = Thread(target=self._run, name="platform-folder")

    def open(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking after the message under way."""
        self._ended.set()
        self._thread.join()

    def take_in(self) -> int:
        """Answer every message that has no answer yet; give how many there were."""
        return sum(self._answer(path) for path in sorted(self._folder.glob("*.pgp")))

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            try:
                self.take_in()
            except (OSError, RegistryError):
                log.exception("platform.folder-failed")

    def _answer(self, path: Path) -> bool:
        message_id = uuid_of(path.stem)
        answer = self._folder / f"{message_id}.ack.json"
        if message_id is None or answer.exists():
            return False
        self._put(answer, self._said(message_id, path))
        return True

    def _said(self, message_id: UUID, path: Path) -> bytes:
        return envelope_of(self._intake.receive_unaddressed(message_id, path.read_bytes()))

    def _put(self, path: Path, data: bytes) -> None:
        """Show an answer only when it is whole."""
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(data)
        part.rename(path)
