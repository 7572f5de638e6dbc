"""Checking the file of an export: each file under its digest, the digests under our signature."""

import hashlib
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from registry.errors import N_, TamperedError
from registry.proofs.exports.index import KIND, SIGNED, SUMS
from registry.trail.note import Verifier, open_note

PIECE: Final = 1024 * 1024
LONGEST: Final = 4096


def check_export(path: Path, verifiers: Collection[Verifier]) -> int:
    """Hold every file of an export against its signed digest; gives their number.

    Raises:
        TamperedError: the signature does not fit, or a file is changed, missing or added.
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
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError) as error:
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
