"""Keys of the stand and of the registry as its client, made once; their certificates say what they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from registry.config import SANDBOX_ORGANISATION
from registry.storage.small_files import write_over

TOKEN_KEY: Final = "esia-token.key"  # noqa: S105 - names of files
TOKEN_CERT: Final = "esia-token.crt"  # noqa: S105 - the same
CLIENT_KEY: Final = "esia-client.key"
CLIENT_CERT: Final = "esia-client.crt"
_LASTS: Final = timedelta(days=3650)
_Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def make_keys(folder: Path, *, rsa_client: bool = False) -> None:
    """Make what is missing: the key that signs tokens, and a client's key with its certificate."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / TOKEN_CERT).exists():
        _make(folder, (TOKEN_KEY, TOKEN_CERT), _rsa())
    if not (folder / CLIENT_CERT).exists():
        key = _rsa() if rsa_client else ec.generate_private_key(ec.SECP256R1())
        _make(folder, (CLIENT_KEY, CLIENT_CERT), key)


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _make(folder: Path, names: tuple[str, str], key: _Key) -> None:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_over(folder / names[0], private.decode())
    pem = _certificate(key, names[1]).public_bytes(serialization.Encoding.PEM)
    write_over(folder / names[1], pem.decode())


def _certificate(key: _Key, name: str) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, SANDBOX_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .sign(key, hashes.SHA256())
    )
