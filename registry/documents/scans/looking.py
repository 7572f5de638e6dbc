"""Looking a scan through without trusting it: a child process with limits does it, this side listens."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

from registry.documents.apart import ask_apart
from registry.errors import N_, InvalidError, TooLargeError

_MIB = 1 << 20
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
    answer = ask_apart("registry.documents.scans.child.main", asdict(limits), data, limits.patience)
    head, _, kept = answer.partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError:
        raise InvalidError(_DIED, code="scan-died") from None  # the child died of its limits
    if "refused" in said:
        raise _refusal(str(said["refused"]), limits)
    return Scan(str(said["kind"]), int(said["pages"]), kept)


def _refusal(code: str, limits: Limits) -> InvalidError:
    return InvalidError(_REFUSALS[code], code=f"scan-{code}", pages=limits.pages)
