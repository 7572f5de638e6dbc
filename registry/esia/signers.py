"""Who signs the client_secret: a key in a file, or an external program where the law asks for GOST."""

import shlex
import subprocess
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from registry.errors import N_, UnavailableError
from registry.esia.faults import not_available

PATIENCE_S: Final = 10.0
_LONGEST: Final = 4_096


class SecretSigner(Protocol):
    """Signs what proves to ESIA which system asks."""

    def sign(self, text: bytes) -> bytes:
        """Give the raw signature of a text."""
        ...


class KeySigner:
    """Signs with an RSA or EC key of a PEM file: good for a stand, for ESIA itself takes GOST only."""

    def __init__(self, path: Path) -> None:
        """Read the key.

        Raises:
            UnavailableError: there is none, or it is of another kind.
        """
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError):
            raise not_set_up() from None
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise not_set_up()
        self._key = key

    def sign(self, text: bytes) -> bytes:
        """Sign with SHA-256: PKCS #1 v1.5 for RSA, DER for EC."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(text, ec.ECDSA(hashes.SHA256()))


class ProgramSigner:
    """Has an external program sign: the text on its standard input, the raw signature on its output."""

    def __init__(self, command: str) -> None:
        self._words = shlex.split(command)

    def sign(self, text: bytes) -> bytes:
        """Run the program once.

        Raises:
            UnavailableError: it is not there, failed, took too long or gave no signature.
        """
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own setting, no shell
                self._words, input=text, capture_output=True, timeout=PATIENCE_S, check=True
            )
        except (OSError, subprocess.SubprocessError):
            raise not_available() from None
        if not 0 < len(done.stdout) <= _LONGEST:
            raise not_available()
        return done.stdout


def not_set_up() -> UnavailableError:
    """Say that a key or certificate is missing; which one stands in the documentation of the settings."""
    return UnavailableError(
        N_("Вход через Госуслуги ещё не настроен до конца: нет ключа или сертификата. Сообщите школе."),
        code="esia-not-set-up",
    )
