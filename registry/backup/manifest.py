"""The manifest of a copy: what is in it, byte by byte, and where the trail stood when it was taken.

It is written last: a folder without a manifest is no copy.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from registry.errors import N_, InvalidError

FILE: Final = "manifest.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a copy: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy says of itself.

    Attributes:
        kind: ``data`` or ``keys``.
        made_at: when the copy was taken, ISO 8601 in UTC.
        origin: name of the trail without its epoch.
        ring: which key ring belongs to it; tells nothing of the keys.
        pieces: path in the folder -> size and digest.
        database: ``sqlite`` or ``postgresql``; empty for keys.
        migration: the newest migration that the database has; empty for keys.
        trail: epoch, size and root of the tree, and the size last published.
    """

    kind: str
    made_at: str
    origin: str
    ring: str
    pieces: Mapping[str, Piece]
    database: str = ""
    migration: str = ""
    trail: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it into the copy's folder, with a digest over itself."""
        said = asdict(self)
        text = json.dumps({**said, "digest": _digest(said)}, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / FILE).write_text(text + "\n", "utf-8")


def read_manifest(folder: Path, kind: str) -> Manifest:
    """Read the manifest of a copy.

    Raises:
        InvalidError: there is none, it is damaged, or it is of something else.
    """
    path = folder / FILE
    try:
        said = json.loads(path.read_text("utf-8"))
        digest = said.pop("digest")
        if digest != _digest(said) or said["format"] != FORMAT:
            raise _damaged(path)
        pieces = {name: Piece(**piece) for name, piece in said.pop("pieces").items()}
        made = Manifest(pieces=pieces, **said)
    except FileNotFoundError:
        raise InvalidError(
            N_("В папке %(folder)s нет описи копии (manifest.json): копия не закончена или папка не та."),
            folder=folder,
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(path) from None
    if made.kind != kind:
        raise InvalidError(
            N_("В папке %(folder)s копия другого вида (%(is_so)s), нужна %(wanted)s."),
            folder=folder,
            is_so=made.kind,
            wanted=kind,
        )
    return made


def hold_pieces(folder: Path, manifest: Manifest) -> None:
    """Hold every file of a copy against its manifest.

    Raises:
        InvalidError: one is missing, damaged or in excess; names it.
    """
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name, piece in manifest.pieces.items():
        path = folder / name
        if name not in there:
            raise InvalidError(N_("Копия неполна: нет файла %(path)s."), path=path)
        if path.stat().st_size != piece.size or weigh(path) != piece:
            raise InvalidError(N_("Копия повреждена: файл %(path)s не тот, что в описи."), path=path)
    strange = sorted(name for name in there - set(manifest.pieces) - {FILE} if not name.startswith("keys/"))
    if strange:
        raise InvalidError(N_("В копии лишний файл %(path)s: его нет в описи."), path=folder / strange[0])


def weigh(path: Path) -> Piece:
    """Give size and digest of a file."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        return Piece(file.tell(), digest)


def _digest(said: Mapping[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _damaged(path: Path) -> InvalidError:
    return InvalidError(N_("Опись копии повреждена: %(path)s."), path=path)
