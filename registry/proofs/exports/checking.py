"""Checking the file of an export: each file under its digest, the digests under our signature."""

import hashlib
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from registry.errors import N_, NotFoundError, TamperedError
from registry.proofs.exports.index import KIND, SIGNED, SUMS
from registry.trail.note import Verifier, open_note

PIECE: Final = 1024 * 1024
LONGEST: Final = 4096
UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What Python says of an archive that was changed: a RuntimeError, too, where one seems to be locked."""


def check_export(path: Path, verifiers: Collection[Verifier]) -> int:
    """Hold every file of an export against its signed digest; gives their number.

    Raises:
        TamperedError: the signature does not fit, or a file is changed, missing or added.
        NotFoundError: there is nothing to check at the path.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed = dict(_listed(archive, verifiers))
            names = [one.filename for one in archive.infolist()]
            if sorted(names) != sorted([*listed, SUMS, SIGNED]):
                raise _changed(SUMS)
            for name, digest in listed.items():
                if _digest(archive, name) != digest:
                    raise _changed(name)
    except FileNotFoundError:
        raise NotFoundError(N_("Нет файла %(path)s."), path=path) from None
    except UNREADABLE as error:
        raise _changed(path.name) from error
    return len(listed)


def _listed(archive: zipfile.ZipFile, verifiers: Collection[Verifier]) -> Iterator[tuple[str, str]]:
    with archive.open(SIGNED) as file:
        said = open_note(file.read(LONGEST).decode(), verifiers).split("\n")
    if said[0] != KIND or said[3] != _digest(archive, SUMS):
        raise _changed(SUMS)
    with archive.open(SUMS) as file:
        for line in file:
            digest, name = line.decode().rstrip("\n").split("  ", 1)
            yield name, digest


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _changed(name: str) -> TamperedError:
    return TamperedError(N_("Файл выгрузки изменён или повреждён: %(name)s."), name=name)
