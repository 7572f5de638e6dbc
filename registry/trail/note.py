"""Signed notes (C2SP signed-note): a text and Ed25519 signatures under it, signed and opened strictly."""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from registry.errors import N_, TamperedError

ED25519 = b"\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
MOST_SIGNATURES = 100
MOST_CHARACTERS = 1_000_000

_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_NAME = re.compile(r"[^\s+]+")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    key: bytes

    def __str__(self) -> str:
        """Print as a verifier key: ``name+key id+base64``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"

    @property
    def key_id(self) -> bytes:
        """Four bytes that lead from a signature to its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:KEY_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a verifier key.

        Raises:
            ValueError: it is not one of an Ed25519 key, or its id is of another key.
        """
        found = _VKEY.fullmatch(text)
        data = decode_base64(found[3]) if found else b""
        if found is None or data[:1] != ED25519 or len(data) != 1 + KEY_BYTES:
            message = "not a verifier key of an Ed25519 key"
            raise ValueError(message)
        verifier = cls(found[1], data[1:])
        if verifier.key_id.hex() != found[2]:
            message = "the id of the verifier key is of another key"
            raise ValueError(message)
        return verifier

    def accepts(self, text: str, signature: bytes) -> bool:
        """Whether the signature is this key's over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key and the name it signs under."""

    __slots__ = ("_head", "_key", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        if not _NAME.fullmatch(name) or _CONTROL.search(name):
            message = "the name of a signing key has a blank or a plus, or is empty"
            raise ValueError(message)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())
        self._head = self.verifier.key_id

    def line(self, text: str) -> str:
        """Signature line over a text."""
        signature = base64.b64encode(self._head + self._key.sign(text.encode())).decode()
        return f"— {self.verifier.name} {signature}\n"


def sign_note(text: str, *signers: Signer) -> str:
    """Put signatures under a text that ends with a newline.

    Raises:
        ValueError: the text cannot stand in a note.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        message = "the text of a note ends with a newline and has no control characters"
        raise ValueError(message)
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def open_note(note: str, verifiers: Collection[Verifier]) -> str:
    """Give the text of a note that one of the known keys signed at least.

    Signatures of unknown keys are passed over; a bad one of a known key refuses the whole note.

    Raises:
        TamperedError: the note is not well formed, or no known key signed it, or a signature is wrong.
    """
    text, lines = _take_apart(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed = False
    for name, data in lines:
        verifier = known.get((name, data[:KEY_ID_BYTES]))
        if verifier is None:
            continue
        if not verifier.accepts(text, data[KEY_ID_BYTES:]):
            raise TamperedError(N_("Подпись под записью журнала неверна: текст изменён после подписания."))
        signed = True
    if not signed:
        raise TamperedError(N_("Под записью журнала нет подписи известного ключа."))
    return text


def _take_apart(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Split a note into its text and its signatures: name, then key id and signature together."""
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or len(note) > MOST_CHARACTERS or lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise _malformed()
    if _CONTROL.search(note) or _has_surrogates(note):
        raise _malformed()
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _malformed()
    try:
        data = decode_base64(found[2])
    except ValueError:
        raise _malformed() from None
    if len(data) <= KEY_ID_BYTES:
        raise _malformed()
    return found[1], data


def decode_base64(text: str) -> bytes:
    """Read standard base64 of exactly one spelling.

    Raises:
        ValueError: it is something else, or has loose bits at its end.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if base64.b64encode(data).decode() != text:
        message = "base64 with loose bits at its end"
        raise ValueError(message)
    return data


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _malformed() -> TamperedError:
    return TamperedError(N_("Подписанная запись журнала повреждена: её строение неверно."))
