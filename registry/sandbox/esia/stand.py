"""What the stand keeps in memory: clients, people, logins under way, one-time codes, and what goes wrong."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from registry.sandbox.esia.faults import Faults
from registry.sandbox.esia.keys import CLIENT_CERT, TOKEN_KEY, make_keys
from registry.sandbox.esia.persons import PERSONS, Person

CODE_LASTS_S: Final = 60.0
LOGIN_LASTS_S: Final = 600.0
MOST_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Client:
    """A system that the stand knows: its mnemonic, where it may send people back to, and its certificate."""

    mnemonic: str
    redirects: frozenset[str]
    certificate: Certificate
    scopes: frozenset[str]

    @property
    def key(self) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
        """The key that its secrets are verified by."""
        found = self.certificate.public_key()
        if not isinstance(found, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise TypeError("a client's key is RSA or EC")
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What a system asked when it sent somebody here; `oid` once he has logged in."""

    parameters: Mapping[str, str]
    until: float
    oid: int | None = None


@dataclass
class Stand:
    """The whole memory of the stand.

    Attributes:
        folder: of its keys. issuer: what its tokens say. clients: by mnemonic.
    """

    folder: Path
    issuer: str
    clients: dict[str, Client] = field(default_factory=dict)
    persons: tuple[Person, ...] = PERSONS
    faults: Faults = field(default_factory=Faults)
    _kept: dict[str, Asked] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Make the keys that are missing and read the one for tokens."""
        make_keys(self.folder)
        key = load_pem_private_key((self.folder / TOKEN_KEY).read_bytes(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("tokens are signed by an RSA key")
        self.token_key = key

    def register(self, known: "Known") -> None:
        """Let a system in whose certificate lies in the stand's folder."""
        certificate = load_pem_x509_certificate((self.folder / CLIENT_CERT).read_bytes())
        redirects, scopes = frozenset({known.redirect}), frozenset(known.scopes.split())
        self.clients[known.mnemonic] = Client(known.mnemonic, redirects, certificate, scopes)

    def keep(self, parameters: Mapping[str, str], oid: int | None, lasts_s: float) -> str:
        """Keep a request under a word that cannot be guessed; give the word."""
        word, now = secrets.token_urlsafe(24), time.monotonic()
        with self._lock:
            for old in [key for key, one in self._kept.items() if one.until < now][:MOST_KEPT]:
                del self._kept[old]
            self._kept[word] = Asked(dict(parameters), now + lasts_s, oid)
        return word

    def look(self, word: str) -> Asked | None:
        """Look at what is kept under a word."""
        found = self._kept.get(word)
        return found if found and found.until >= time.monotonic() else None

    def take(self, word: str) -> Asked | None:
        """Take it out: nobody finds it there again."""
        with self._lock:
            found = self._kept.pop(word, None)
        return found if found and found.until >= time.monotonic() else None

    def person(self, oid: int | str) -> Person | None:
        """Find a person by his number."""
        return next((one for one in self.persons if str(one.oid) == str(oid)), None)


@dataclass(frozen=True, slots=True)
class Known:
    """A system as it is registered: its mnemonic, its address for the way back, and what it may ask for."""

    mnemonic: str = ""
    redirect: str = ""
    scopes: str = ""
    issuer: str = "http://esia.gosuslugi.ru/"


NOBODY: Final = Known()


def open_stand(folder: Path, known: Known) -> Stand:
    """Open a stand over its folder, with one system registered."""
    stand = Stand(folder, known.issuer)
    stand.register(known)
    return stand
