"""Restoring a copy into an empty place: looked through first, written whole or not at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from registry.backup import keys as sealed
from registry.backup.folders import Tell, copy_file, demand_empty, plain_files, whole_folder
from registry.backup.manifest import Manifest, hold_pieces, read_manifest
from registry.backup.postgresql import demand_empty_database, restore_postgresql
from registry.backup.sqlite import restore_sqlite
from registry.backup.taking import DATA, FILES, KEYS
from registry.config import Settings
from registry.errors import N_, InvalidError
from registry.storage.migrate import MIGRATIONS
from registry.trail.keys import PUBLISHED
from registry.trail.published import remember_restore


@dataclass(frozen=True, slots=True)
class Looked:
    """A copy that was looked through and may be restored."""

    folder: Path
    manifest: Manifest
    keys: Mapping[str, tuple[int, bytes]] | None


def look_through(
    settings: Settings, folder: Path, keys_folder: Path | None = None, passphrase: str = ""
) -> Looked:
    """Hold a copy, and that of its keys, against their manifests and against the place; nothing is written.

    Raises:
        InvalidError: a copy is damaged, incomplete, of another kind of database, newer than this version, or
            the place is not empty; names what is wrong.
    """
    manifest = read_manifest(folder, DATA)
    hold_pieces(folder, manifest)
    _hold_place(settings, manifest)
    keys = None
    if keys_folder is not None:
        keys = _look_at_keys(keys_folder, manifest, passphrase)
    return Looked(folder, manifest, keys)


def restore(settings: Settings, looked: Looked, published: Path | None, tell: Tell) -> None:
    """Fill the home (and an empty database) of these settings.

    The trail stands afterwards until a new epoch is begun, unless the file of what was published last came
    along from the old home: then that tells whether this copy is the newest state.
    """
    with whole_folder(settings.home) as home:
        files = plain_files(looked.folder / FILES)
        for number, (name, path) in enumerate(files.items(), 1):
            copy_file(path, home / FILES / name)
            tell(N_("Файлы"), number, len(files))
        if looked.keys is not None:
            sealed.write_keys(home / "keys", looked.keys)
        remembered = home / PUBLISHED
        if published is not None:
            copy_file(published, remembered)
        else:
            remember_restore(remembered, looked.manifest.trail["epoch"])
        # The database comes last: one without its home, which alone has the keys, does not start.
        tell(N_("База данных"), 0, 1)
        if looked.manifest.database == "sqlite":
            restore_sqlite(looked.folder, home)
        else:
            restore_postgresql(looked.folder, settings.migration_url)
        tell(N_("База данных"), 1, 1)


def _hold_place(settings: Settings, manifest: Manifest) -> None:
    kind = make_url(settings.database_url).get_backend_name()
    if kind != manifest.database:
        raise InvalidError(
            N_(
                "Копия базы вида %(is_so)s не восстанавливается в %(wanted)s:"
                " проверьте REGISTRY_DATABASE_URL."
            ),
            is_so=manifest.database,
            wanted=kind,
        )
    if settings.origin != manifest.origin:
        raise InvalidError(
            N_("Копия — журнала «%(is_so)s», а настроен «%(wanted)s»: проверьте REGISTRY_TRAIL_ORIGIN."),
            is_so=manifest.origin,
            wanted=settings.origin,
        )
    if manifest.migration not in _known_migrations():
        raise InvalidError(
            N_("Копия сделана более новой версией реестра (таблицы %(migration)s): сначала обновите реестр."),
            migration=manifest.migration,
        )
    demand_empty(settings.home)
    if kind == "sqlite":
        _hold_file(settings)
    else:
        demand_empty_database(settings.migration_url)


def _hold_file(settings: Settings) -> None:
    """The copied file goes into the home; a database elsewhere has its own ways of being copied."""
    file = Path(make_url(settings.database_url).database or "")
    if file.parent.resolve() != settings.home.resolve():
        raise InvalidError(
            N_("База SQLite восстанавливается только в папку реестра: уберите REGISTRY_DATABASE_URL.")
        )


def _known_migrations() -> set[str]:
    names = (path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    return {found[1] for name in names if (found := re.match(r"(\d+)_", name))}


def _look_at_keys(folder: Path, data: Manifest, passphrase: str) -> Mapping[str, tuple[int, bytes]]:
    manifest = read_manifest(folder, KEYS)
    hold_pieces(folder, manifest)
    if manifest.ring != data.ring:
        raise InvalidError(
            N_("Ключи в папке %(folder)s не от этих данных: нужна копия ключей той же установки."),
            folder=folder,
        )
    return sealed.open_keys(folder / sealed.FILE, passphrase)
