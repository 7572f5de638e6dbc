"""A file of a signature beside an act: to which document's bytes its digest fits, if that can be told."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from registry.errors import N_

MOST: Final = 10
"""Files of signatures that one act may have."""
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_SHA384: Final = "2.16.840.1.101.3.4.2.2"
_SHA512: Final = "2.16.840.1.101.3.4.2.3"
ALGORITHMS: Final[Mapping[str, str]] = {
    _SHA256: "SHA-256",
    _SHA384: "SHA-384",
    _SHA512: "SHA-512",
    "1.3.14.3.2.26": "SHA-1",
    "1.2.643.7.1.1.2.2": N_("ГОСТ Р 34.11-2012, 256 бит"),
    "1.2.643.7.1.1.2.3": N_("ГОСТ Р 34.11-2012, 512 бит"),
    "1.2.643.2.2.9": N_("ГОСТ Р 34.11-94"),
}
"""What each is called. Those of GOST no library at hand computes; SHA-1 is too weak to mean anything."""


class Document(StrEnum):
    """What an act has that somebody may have signed by a file."""

    SEALED = "sealed"
    SCAN = "scan"
    OFFERED = "offered"
    TEXT = "text"


class Match(StrEnum):
    """To what the digest of a signature fits: one document, none, or nobody here can tell."""

    SEALED = "sealed"
    SCAN = "scan"
    OFFERED = "offered"
    TEXT = "text"
    NONE = "none"
    NOT_COMPUTED = "not_computed"
    NO_DIGEST = "no_digest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document of an act: its SHA-256, and its bytes where they are kept."""

    what: Document
    sha256: str
    data: bytes | None = None

    @classmethod
    def of(cls, what: Document, data: bytes) -> "Candidate":
        """Make one of bytes that are kept."""
        return cls(what, hashlib.sha256(data).hexdigest(), data)


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of the comparison, and the document that fits."""

    match: Match
    document: Candidate | None = None


def match(algorithm: str, digest: str, candidates: Iterable[Candidate]) -> Matched:
    """Compare the digest in a signature with the documents of its act, in their order.

    Args:
        algorithm: of the digest, an OID.
        digest: hexadecimal; empty where the file names none.
        candidates: what may have been signed.
    """
    if not digest:
        return Matched(Match.NO_DIGEST)
    compute = _computing(algorithm)
    if compute is None:
        return Matched(Match.NOT_COMPUTED)
    for one in candidates:
        if compute(one) == digest:
            return Matched(Match(one.what), one)
    return Matched(Match.NONE)


def _computing(algorithm: str) -> Callable[[Candidate], str] | None:
    """Find how a digest is computed; None for what is too weak to mean anything, or known to nobody here."""
    known: Mapping[str, Callable[[Candidate], str]] = {
        _SHA256: lambda one: one.sha256,
        _SHA384: lambda one: "" if one.data is None else hashlib.sha384(one.data).hexdigest(),
        _SHA512: lambda one: "" if one.data is None else hashlib.sha512(one.data).hexdigest(),
    }
    return known.get(algorithm)
