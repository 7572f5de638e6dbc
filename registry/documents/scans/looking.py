"""Looking a scan through without trusting it: a child process with limits does it, this side listens."""

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from registry.errors import N_, InvalidError, TooLargeError

_MIB = 1 << 20
_PROJECT = Path(__file__).parents[3]
_CHILD = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from registry.documents.scans.child import main; main.main()"
)
SUFFIXES: Final = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png"}
TYPES: Final = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one scan may cost: bytes, counts, processor seconds and, on a busy machine, of waiting."""

    packed: int = 10 * _MIB
    pages: int = 30
    pixels: int = 50_000_000
    objects: int = 200_000
    memory: int = 256 * _MIB
    seconds: int = 5
    patience: int = 30


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it may be kept: what it is (`pdf`, `jpeg`, `png`), its pages, and its bytes."""

    kind: str
    pages: int
    data: bytes

    @property
    def sha256(self) -> str:
        """The digest of the bytes that are kept."""
        return hashlib.sha256(self.data).hexdigest()


_REFUSALS = {
    "not-a-scan": N_("Это не PDF, не JPEG и не PNG, как бы файл ни назывался. Отсканируйте бумагу ещё раз."),
    "locked": N_("PDF закрыт паролем. Снимите пароль и загрузите файл снова."),
    "active": N_(
        "В этом PDF есть сценарии, вложения или формы. Скан их не содержит: отсканируйте бумагу ещё раз."
    ),
    "too-many-pages": N_("В файле больше %(pages)s страниц. Оставьте страницы одной бумаги."),
    "too-many-pixels": N_("Снимок слишком велик. Отсканируйте бумагу с разрешением 300 точек на дюйм."),
    "too-complex": N_("Файл устроен сложнее, чем бывает скан. Отсканируйте бумагу ещё раз."),
    "damaged": N_("Файл повреждён. Отсканируйте бумагу ещё раз."),
}
_DIED = N_("Файл не удалось прочитать: он повреждён или устроен слишком сложно. Отсканируйте бумагу ещё раз.")


def look_through(data: bytes, limits: Limits = LIMITS) -> Scan:
    """Look a file through by its content, and give what may be kept of it.

    Raises:
        TooLargeError: it is above the limit.
        InvalidError: `scan-...`: it is no scan, or does more than show a page.
    """
    if len(data) > limits.packed:
        raise TooLargeError(
            N_("Скан больше %(limit)s МБ. Отсканируйте бумагу с меньшим разрешением."),
            limit=limits.packed // _MIB,
        )
    head, _, kept = _asked(data, limits).partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError:
        raise InvalidError(_DIED, code="scan-died") from None  # the child died of its limits
    if "refused" in said:
        raise _refusal(str(said["refused"]), limits)
    return Scan(str(said["kind"]), int(said["pages"]), kept)


def _asked(data: bytes, limits: Limits) -> bytes:
    """Run the child on the bytes and give its answer; what it says of itself besides is for nobody."""
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(asdict(limits)), str(_PROJECT)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with numbers for arguments
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=limits.patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    # An answer that was cut in the middle is that of a dead child.
    return done.stdout if done.returncode == 0 else b""


def _refusal(code: str, limits: Limits) -> InvalidError:
    return InvalidError(_REFUSALS[code], code=f"scan-{code}", pages=limits.pages)
