"""Looking at a file of a signature without trusting it: a child process with limits reads it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

from registry.documents.apart import ask_apart
from registry.documents.cms.said import Said, read_said
from registry.errors import N_, InvalidError, TooLargeError

_MIB: Final = 1 << 20
MOST_BYTES: Final = _MIB
"""A detached signature has a few kilobytes; one with lists of revoked certificates in it some hundreds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one look may cost: bytes of memory, processor seconds, and seconds of waiting."""

    memory: int = 256 * _MIB
    seconds: int = 5
    patience: int = 30


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A file of a signature: its exact bytes, and what they say."""

    data: bytes
    said: Said

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


_REFUSALS: Final = {
    "not-a-signature": N_(
        "Это не файл электронной подписи. Нужен файл .sig или .p7s (CMS, PKCS #7), который программа"
        " подписи сохранила рядом с документом."
    ),
    "with-document": N_(
        "В этом файле вместе с подписью лежит сам документ. Создайте отсоединённую (открепленную) подпись:"
        " в программе подписи есть такой выбор."
    ),
    "nobody": N_("В этом файле нет ни одной подписи. Подпишите документ и приложите то, что получится."),
    "several": N_("В этом файле несколько подписей. Приложите каждую отдельным файлом."),
    "damaged": N_("Файл подписи повреждён. Сохраните его из программы подписи ещё раз."),
}


def look_at(data: bytes, limits: Limits = LIMITS) -> SignatureFile:
    """Look at what may be a file of a detached signature.

    Raises:
        TooLargeError: it is larger than such files are.
        InvalidError: `signature-...`: it is none, or not one that can be taken.
    """
    if len(data) > MOST_BYTES:
        raise TooLargeError(
            N_("Файл больше %(limit)s МБ: подписи такими не бывают. Приложите только файл подписи."),
            limit=MOST_BYTES // _MIB,
        )
    try:
        said = json.loads(ask_apart("registry.documents.cms.child", asdict(limits), data, limits.patience))
        refused = str(said["refused"]) if "refused" in said else ""
        if not refused:
            return SignatureFile(data, read_said(json.dumps(said)))
    except (ValueError, TypeError):
        refused = "damaged"  # the child died of its limits
    raise InvalidError(
        _REFUSALS[refused], code=f"signature-{refused}", fields={"signature": _REFUSALS[refused]}
    )
