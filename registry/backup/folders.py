"""Folders that appear whole or not at all: they are filled under another name and renamed in the end."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from registry.errors import N_, InvalidError

UNFINISHED: Final = ".{name}.unfinished"
Tell: TypeAlias = Callable[[str, int, int], None]
"""Told how far a part is: its name, how much is done, of how much."""


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """Give a folder to fill (0700); when the block ends it is on the disk under its final name.

    What a killed run left behind is removed first: it has a name of its own and never looks whole.

    Raises:
        InvalidError: there is something under the final name.
    """
    demand_empty(final)
    final.parent.mkdir(parents=True, exist_ok=True)
    draft = final.parent / UNFINISHED.format(name=final.name)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        yield draft
        _sync_all(draft)
        draft.rename(final)
        sync_folder(final.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def demand_empty(folder: Path) -> None:
    """Refuse a folder with something in it.

    Raises:
        InvalidError: it is not empty, or no folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidError(N_("Папка %(folder)s не пуста: укажите пустую или новую."), folder=folder)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file for its owner alone."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as whence, os.fdopen(descriptor, "wb") as whither:
        shutil.copyfileobj(whence, whither, 1024 * 1024)


def write_file(target: Path, data: bytes) -> None:
    """Write a file for its owner alone."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as whither:
        whither.write(data)


def plain_files(folder: Path) -> dict[str, Path]:
    """Find the regular files below a folder, by their path in it; pipes, sockets and links are left out."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _sync_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync_folder(path)
    sync_folder(folder)


def sync_folder(path: Path) -> None:
    """Bring a folder (or a file) to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
