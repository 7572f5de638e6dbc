"""Taking a copy while the registry runs: the database in one moment, and every file that it names then."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import make_url

from registry.backup.folders import Tell, copy_file, plain_files, whole_folder, write_file
from registry.backup.keys import FILE, ring_mark, seal_keys
from registry.backup.manifest import Manifest, weigh
from registry.backup.postgresql import copy_postgresql
from registry.backup.snapshot import Snapshot
from registry.backup.sqlite import copy_sqlite
from registry.config import Settings
from registry.errors import N_, InvalidError, UnavailableError
from registry.storage.keyring import KeyRing

FILES: Final = "files"
TRIES: Final = 3
DATA, KEYS = "data", "keys"


def take_data(settings: Settings, out: Path, now: datetime, tell: Tell) -> Manifest:
    """Copy database and files of an installation into a new folder.

    Raises:
        InvalidError: the folder is not empty, or there is nothing to copy.
        UnavailableError: PostgreSQL's client is missing or failed, or files come and go too fast.
    """
    ring = KeyRing.load(settings.keys)
    with whole_folder(out) as folder:
        said = _copy_whole(settings, folder, now, tell)
        manifest = Manifest(
            kind=DATA,
            made_at=now.isoformat(),
            origin=settings.origin,
            ring=ring_mark(ring),
            pieces={name: weigh(path) for name, path in plain_files(folder).items()},
            database=make_url(settings.database_url).get_backend_name(),
            migration=said.migration,
            trail=said.trail,
        )
        manifest.write(folder)
    return manifest


def take_keys(settings: Settings, out: Path, now: datetime, passphrase: str) -> None:
    """Seal the keys of an installation into a new folder.

    Raises:
        InvalidError: the folder is not empty, or the passphrase could be guessed.
    """
    mark = ring_mark(KeyRing.load(settings.keys))
    sealed = seal_keys(settings.keys, passphrase)
    with whole_folder(out) as folder:
        write_file(folder / FILE, sealed)
        pieces = {FILE: weigh(folder / FILE)}
        Manifest(KEYS, now.isoformat(), settings.origin, mark, pieces).write(folder)


def demand_apart(out: Path, keys_out: Path) -> None:
    """Refuse to put keys where the data lie that they open.

    Raises:
        InvalidError: one folder is the other, or lies in it.
    """
    one, other = out.resolve(), keys_out.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise InvalidError(
            N_(
                "Копия ключей легла бы вместе с данными, которые они открывают. Укажите другую папку,"
                " лучше на другом носителе; если так и задумано, добавьте --keys-together."
            )
        )


def _copy_whole(settings: Settings, folder: Path, now: datetime, tell: Tell) -> Snapshot:
    """Copy files, then the database, then the files that came meanwhile; again when one slipped through.

    A file is written before the row that names it. One that the copied rows name is missing only if it had
    gone before, or came and went while we copied: then its id is younger than our beginning.
    """
    began = int(now.timestamp() * 1000)
    for _ in range(TRIES):
        _copy_files(settings, folder, tell)
        said = _copy_database(settings, folder, tell)
        copied = _copy_files(settings, folder, tell)
        if not any(_made_at(one) >= began for one in said.files - copied):
            return said
    raise UnavailableError(N_("Файлы появляются и исчезают быстрее, чем копируются. Повторите позже."))


def _copy_database(settings: Settings, folder: Path, tell: Tell) -> Snapshot:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return copy_sqlite(Path(url.database or ""), folder, tell)
    return copy_postgresql(settings.migration_url, folder, tell)


def _copy_files(settings: Settings, folder: Path, tell: Tell) -> AbstractSet[UUID]:
    """Copy the files that are not in the copy yet; they never change, they only come and go."""
    there = plain_files(settings.home / FILES)
    for number, (name, path) in enumerate(there.items(), 1):
        target = folder / FILES / name
        if path.suffix != ".part" and not target.exists():
            try:
                copy_file(path, target)
            except FileNotFoundError:
                continue  # it was destroyed meanwhile
        tell(N_("Файлы"), number, len(there))
    return {UUID(path.name) for path in plain_files(folder / FILES).values()}


def _made_at(file_id: UUID) -> int:
    """Milliseconds of the Unix time in which an id was made."""
    return file_id.int >> 80
