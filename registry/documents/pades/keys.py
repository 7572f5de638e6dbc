"""The key that seals documents, and the certificates of all keys that ever did.

The seal says that the operator of this registry made the file and that nobody changed it since; it is no
signature of whoever decided. Documents live longer than keys, so a certificate never goes away with its key.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from registry.errors import N_, SettingsError
from registry.storage.small_files import write_new, write_over

KEY: Final = "seal.key"
CERTIFICATES: Final = "seal.crt"
YEARS: Final = timedelta(days=10 * 365)
EARLY: Final = timedelta(minutes=10)
"""The certificate begins a little before it is made: clocks of machines differ."""
LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class SealKeys:
    """What seals now.

    Attributes:
        key: P-256. certificate: of it. trusted: every certificate that ever sealed here, the oldest first.
    """

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    trusted: tuple[x509.Certificate, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex."""
        return fingerprint_of(self.certificate)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Give the SHA-256 of a certificate, hex; by it people compare seals."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def create_keys(folder: Path, owner: str, now: datetime) -> SealKeys:
    """Make the first key of an installation; refuses to replace one.

    Args:
        folder: the installation's key folder.
        owner: whose seal it is, in the certificate; cut to 64 letters.
        now: from when the certificate holds.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    # The certificate first: one without its key seals nothing, a key without one would stop the start.
    write_new(folder / CERTIFICATES, _pem([_certify(key, owner, now)]))
    write_new(folder / KEY, _private_pem(key))
    return load_keys(folder)


def renew_keys(folder: Path, owner: str, now: datetime) -> SealKeys:
    """Replace the key by a new one; what the old one sealed goes on verifying by its certificate."""
    before = load_certificates(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    write_over(folder / CERTIFICATES, _pem([*before, _certify(key, owner, now)]))
    write_over(folder / KEY, _private_pem(key))
    return load_keys(folder)


def load_keys(folder: Path) -> SealKeys:
    """Read the sealing key with all certificates.

    Raises:
        SettingsError: there is none, or the files do not belong together.
    """
    trusted = load_certificates(folder)
    path = folder / KEY
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        raise SettingsError(
            N_("Ключа печати документов нет: %(path)s. Восстановите его из копии."), path=path
        ) from None
    except (ValueError, TypeError):
        raise _damaged(path) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _damaged(path)
    for certificate in reversed(trusted):
        if certificate.public_key() == key.public_key():
            return SealKeys(key, certificate, trusted)
    raise SettingsError(
        N_("К ключу печати документов нет сертификата: %(path)s. Восстановите оба файла из копии."),
        path=folder / CERTIFICATES,
    )


def load_certificates(folder: Path) -> tuple[x509.Certificate, ...]:
    """Read every certificate that ever sealed here, the oldest first; no private key is touched.

    Raises:
        SettingsError: there are none, or the file is damaged.
    """
    return read_certificates(folder / CERTIFICATES)


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the certificates in a file (PEM).

    Raises:
        SettingsError: there are none, or the file is damaged.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except FileNotFoundError:
        raise SettingsError(
            N_("Файла сертификатов нет: %(path)s. Восстановите его из копии."), path=path
        ) from None
    except ValueError:
        raise _damaged(path) from None


def _certify(key: ec.EllipticCurvePrivateKey, owner: str, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner[:LONGEST_NAME])])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(secrets.token_bytes(16)) >> 1)
        .not_valid_before(now - EARLY)
        .not_valid_after(now + YEARS)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _pem(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _damaged(path: Path) -> SettingsError:
    return SettingsError(
        N_("Файл печати документов повреждён: %(path)s. Восстановите его из копии."), path=path
    )
