"""Files that pages are drawn with: read once, packed once, and kept by browsers until they change."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Flask, Response, current_app, request, url_for

from registry.access.rules import Action
from registry.errors import N_, NotFoundError
from registry.web.doors import allowed

FOLDER: Final = Path(__file__).parent / "static"
SERVED: Final = frozenset({".css", ".js", ".svg", ".png", ".ico"})
PACKED: Final = frozenset({".css", ".js", ".svg"})
EXTENSION: Final = "registry-assets"
FOR_EVER: Final = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same packed by gzip if that helps, its type, and a digest for its address."""

    plain: bytes
    packed: bytes | None
    mimetype: str
    digest: str


@cache
def load_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """Read the files of the folder, by their names under it; once a process, for packing takes its time."""
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in SERVED]
    return {file.relative_to(folder).as_posix(): _load(file) for file in files}


def _load(file: Path) -> Asset:
    plain = file.read_bytes()
    mimetype = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
    packed = gzip.compress(plain, mtime=0) if file.suffix in PACKED else None
    digest = hashlib.sha256(plain).hexdigest()[:12]
    return Asset(plain, packed, mimetype or "application/octet-stream", digest)


def register_assets(app: Flask) -> None:
    """Serve the files."""
    app.extensions[EXTENSION] = load_assets()
    app.register_blueprint(blueprint)


def asset_url(name: str) -> str:
    """Give the address of a file; it changes when the file does."""
    return url_for("assets.asset", digest=_assets()[name].digest, name=name)


@blueprint.get("/assets/<digest>/<path:name>")
@allowed(Action.PUBLIC)
def asset(digest: str, name: str) -> Response:
    """Serve one file, packed for who takes it so."""
    found = _assets().get(name)
    if found is None or found.digest != digest:
        raise NotFoundError(N_("Такого файла нет: обновите страницу."))
    packs = found.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.packed if packs else found.plain, mimetype=found.mimetype)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER
    return response


def _assets() -> dict[str, Asset]:
    return cast("dict[str, Asset]", current_app.extensions[EXTENSION])
