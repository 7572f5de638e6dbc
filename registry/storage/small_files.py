"""Small files that are written once and read for years (keys, fingerprints): whole or not there at all."""

import os
from pathlib import Path
from tempfile import mkstemp

from registry.storage.failpoints import reach


def write_new(path: Path, text: str) -> None:
    """Write a private file (0600) under a name that nobody holds; a crash leaves a whole file or none.

    Raises:
        FileExistsError: the name is taken; its file stays as it is.
    """
    draft = _draft(path, text)
    try:
        path.hardlink_to(draft)
    finally:
        draft.unlink()
    sync_folder(path.parent)


def write_over(path: Path, text: str) -> None:
    """Write a private file, in the place of an older one if need be; a crash leaves the one or the other."""
    _draft(path, text).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, text: str) -> Path:
    """Write the text under a name of its own; what a crash leaves of it is read by nobody."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        reach("small-file.opened")
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    reach("small-file.before-name")
    return Path(name)
