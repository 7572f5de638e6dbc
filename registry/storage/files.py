"""Files of the registry: encrypted, under random names, written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from registry.errors import N_, NotFoundError
from registry.storage.failpoints import reach
from registry.storage.small_files import sync_folder
from registry.storage.trouble import disk_in_words
from registry.storage.vault import HEAD, Vault, version_of

DRAFT: Final = ".part"


class FileStore:
    """Keeps sealed bytes under ids that the caller makes."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def put(self, file_id: UUID, data: bytes) -> None:
        """Write a file so that after a crash or on a full disk it is either whole or absent.

        Raises:
            UnavailableError: the disk is full or takes no writing; nothing of the file stays.
        """
        path = self._path(file_id)
        draft = path.with_suffix(DRAFT)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(draft, self._vault.seal_shared("files", file_id, data))
            reach("file.written-before-rename")
            draft.replace(path)
            reach("file.renamed-before-sync")
            sync_folder(path.parent)
        except OSError as error:
            told = disk_in_words(error)
            if told is None:
                raise
            draft.unlink(missing_ok=True)
            raise told from error

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

    def versions(self) -> Iterator[tuple[UUID, int]]:
        """Tell under which version of the master key each file is sealed; one that goes is left out."""
        for path in sorted(self._folder.glob("??/*")):
            with suppress(FileNotFoundError, ValueError), path.open("rb") as file:
                yield UUID(hex=path.name), version_of(file.read(HEAD))

    def reseal(self, file_id: UUID) -> None:
        """Seal a file under the master key that seals now; until it is renamed the old one stands.

        Raises:
            NotFoundError, TamperedError, UnavailableError: as in `get` and `put`.
        """
        self.put(file_id, self.get(file_id))

    def remove(self, file_id: UUID) -> None:
        """Delete a file, and what a crash left of its writing; quiet when it is gone already."""
        path = self._path(file_id)
        path.unlink(missing_ok=True)
        path.with_suffix(DRAFT).unlink(missing_ok=True)

    def written_before(self, time: datetime) -> set[UUID]:
        """Name the files, half-written ones too, that were written before a time and not since."""
        return {file_id for path in self._folder.glob("??/*") if (file_id := _old(path, time))}

    def _path(self, file_id: UUID) -> Path:
        name = file_id.hex
        return self._folder / name[-2:] / name


class UnitFiles:
    """The store as one unit of work sees it: what the unit wrote can be taken back."""

    __slots__ = ("_store", "_written")

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._written: list[UUID] = []

    def put(self, file_id: UUID, data: bytes) -> None:
        """Write a file that stays if the unit is committed; as in the store."""
        self._written.append(file_id)
        self._store.put(file_id, data)

    def get(self, file_id: UUID) -> bytes:
        """Read a file; as in the store."""
        return self._store.get(file_id)

    def take_back(self) -> None:
        """Delete what was written: no row will ever name it."""
        for file_id in self._written:
            self._store.remove(file_id)


def _old(path: Path, time: datetime) -> UUID | None:
    """Give the id of a file that is older than a time; None for one that is younger, gone or not ours."""
    try:
        if path.stat().st_mtime < time.timestamp():
            return UUID(hex=path.name.removesuffix(DRAFT))
    except (FileNotFoundError, ValueError):
        pass
    return None


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        reach("file.before-write")
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
