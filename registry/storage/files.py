"""Files of the registry: encrypted, under random names, written whole or not at all."""

import os
from pathlib import Path
from uuid import UUID

from registry.errors import N_, NotFoundError
from registry.storage.failpoints import reach
from registry.storage.small_files import sync_folder
from registry.storage.vault import Vault


class FileStore:
    """Keeps sealed bytes under ids that the caller makes."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def put(self, file_id: UUID, data: bytes) -> None:
        """Write a file so that after a crash it is either whole or absent."""
        path = self._path(file_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            reach("file.before-write")
            file.write(self._vault.seal_shared("files", file_id, data))
            file.flush()
            os.fsync(file.fileno())
        reach("file.written-before-rename")
        draft.replace(path)
        reach("file.renamed-before-sync")
        sync_folder(path.parent)

    def get(self, file_id: UUID) -> bytes:
        """Read a file.

        Raises:
            NotFoundError: there is none.
            TamperedError: it was changed on the disk.
        """
        try:
            sealed = self._path(file_id).read_bytes()
        except FileNotFoundError:
            raise NotFoundError(N_("Файл не найден в хранилище.")) from None
        return self._vault.open_shared("files", file_id, sealed)

    def remove(self, file_id: UUID) -> None:
        """Delete a file; quiet when it is gone already."""
        self._path(file_id).unlink(missing_ok=True)

    def _path(self, file_id: UUID) -> Path:
        name = file_id.hex
        return self._folder / name[-2:] / name
