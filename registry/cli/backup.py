"""`backup` and `restore`: a copy of a running installation, and a new installation from it."""

import argparse
import os
import sys
from collections.abc import Mapping
from getpass import getpass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from registry.app import load_names
from registry.backup.keys import demand_strong
from registry.backup.restoring import look_through, restore
from registry.backup.taking import demand_apart, take_data, take_keys
from registry.cli.parts import parts_told
from registry.cli.setting_up import migrate
from registry.config import Settings, load_settings
from registry.errors import N_, InvalidError
from registry.rights.commands import replay
from registry.rights.scrubbing import scrub
from registry.storage.engine import make_engine
from registry.storage.reach import everywhere
from registry.trail.keys import TrailKeys
from registry.trail.published import why_held
from registry.work import Registry, real_now


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `backup` and `restore`."""
    backup = commands.add_parser(
        "backup", help="copy the data while the registry runs, and seal the keys apart"
    )
    backup.add_argument("--out", type=Path, required=True, help="new folder for database and files")
    backup.add_argument("--keys-out", type=Path, help="new folder for the sealed keys, on another medium")
    backup.add_argument("--keys-together", action="store_true", help="allow keys in the folder of the data")
    backup.set_defaults(command=_backup)
    back = commands.add_parser("restore", help="fill an empty home (and database) from a copy")
    back.add_argument("--from", dest="source", type=Path, required=True, help="folder of the copied data")
    back.add_argument("--keys-from", type=Path, help="folder of the sealed keys")
    back.add_argument("--home", type=Path, required=True, help="new home of the installation")
    back.add_argument("--published", type=Path, help="published.json of the old home, if it is still there")
    back.add_argument("--erased", type=Path, help="erased.json of the old home: destroy these people again")
    back.set_defaults(command=_restore)
    for command in (backup, back):
        command.add_argument(
            "--passphrase-file", type=Path, help="file with the keys' passphrase; asked for when not given"
        )


def _backup(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = load_settings(environ)
    keys_out = _keys_out(said)
    passphrase = _passphrase(said.passphrase_file, twice=True) if keys_out else ""
    if keys_out:
        demand_strong(passphrase)  # before anything is written: a copy without its keys looks whole
    with parts_told() as tell:
        manifest = take_data(settings, said.out, real_now(), tell)
    if keys_out:
        take_keys(settings, keys_out, real_now(), passphrase)
    _say(
        N_("Копия готова: %(folder)s, файлов %(count)s, записей журнала %(size)s.")
        % {"folder": said.out, "count": len(manifest.pieces), "size": manifest.trail["size"]}
    )
    if not keys_out:
        _say(N_("Ключей в ней нет: держите их копию отдельно (--keys-out), без неё данные не открыть."))
    return 0


def _keys_out(said: argparse.Namespace) -> Path | None:
    if said.keys_out is None:
        return None
    if not said.keys_together:
        demand_apart(said.out, said.keys_out)
        return Path(said.keys_out)
    # Together means below the data: a folder that is filled as a whole has its name for itself.
    inside = said.keys_out.resolve().is_relative_to(said.out.resolve())
    return Path(said.out) / "keys" if inside else Path(said.keys_out)


def _restore(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = load_settings({**environ, "REGISTRY_HOME": str(said.home)})
    if not said.source.is_dir():
        raise InvalidError(N_("Папки с копией нет: %(folder)s."), folder=said.source)
    passphrase = _passphrase(said.passphrase_file, twice=False) if said.keys_from else ""
    looked = look_through(settings, said.source, said.keys_from, passphrase)
    with parts_told() as tell:
        restore(settings, looked, said.published, tell)
    engine = make_engine(settings.migration_url)
    try:
        migrate(settings, engine)
        held = _why_held(settings, engine) if looked.keys else ""
    finally:
        engine.dispose()
    if said.erased is not None and looked.keys:
        _destroy_again(settings, said.erased)
    _say(N_("Восстановлено в %(home)s. Проверьте: python -m registry trail verify") % {"home": settings.home})
    if held:
        _say(held)
    if looked.keys is None:
        _say(N_("Ключей в копии данных нет: верните папку keys из её копии, без неё реестр не запустится."))
    return 0


def _destroy_again(settings: Settings, file: Path) -> None:
    load_names()
    registry = Registry.open(settings)
    done = replay(registry, file)
    registry.engine.dispose()
    if done:
        scrub(settings)
    _say(N_("Уничтожено повторно: %(count)s.") % {"count": done})


def _why_held(settings: Settings, engine: Engine) -> str:
    with everywhere(engine).connect() as connection:
        return why_held(connection, TrailKeys.load(settings.keys, settings.origin))


def _passphrase(file: Path | None, *, twice: bool) -> str:
    """Read the passphrase of the keys' copy from a file, or ask for it."""
    if file is not None:
        try:
            return file.read_text().strip()
        except OSError as error:
            raise InvalidError(N_("Файл с паролем не читается: %(file)s."), file=file) from error
    if not os.isatty(sys.stdin.fileno()):
        raise InvalidError(N_("Пароль копии ключей не задан: укажите --passphrase-file."))
    first = getpass(N_("Пароль копии ключей: "))
    if twice and getpass(N_("Ещё раз: ")) != first:
        raise InvalidError(N_("Пароли не совпадают. Повторите."))
    return first


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
